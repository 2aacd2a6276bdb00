/**
 * Duty: following single objects of one namespace by their names, existing or not: each is asked for by name, after a
 * watch that tells of everything later was opened. What was not asked for is dropped before anything of it is read.
 * Where watching is forbidden they are asked for again and again. Needs `get`, and `watch` for speed; never `list`.
 */
import { objectKey, type ObjectKey } from '@gatehouse/core';
import { apiPath } from '../api-path.ts';
import { hasStatus } from '../ask.ts';
import { textAt } from '../json.ts';
import { KubeApiError } from '../kube-api.ts';
import { compareVersions } from './compare-versions.ts';
import { failureOf, GarbledError } from './failure-of.ts';
import type { FollowCounters, FollowPorts } from './follow-ports.ts';
import { Follower, type AttemptNotes } from './follower.ts';
import type { Gate } from './gate.ts';
import type { FollowState } from './next-attempt.ts';
import { pauseUnlessAborted } from './pause.ts';
import { headOf, type Replica } from './replica.ts';
import { openWatch, type ObjectEvent, type OpenWatch } from './watch.ts';
import type { WatchedKind } from './watched-kind.ts';

export interface NamedObjectsOptions {
  readonly ports: FollowPorts;
  readonly counters: FollowCounters;
  readonly kind: WatchedKind;
  readonly namespace: string;
  /** The watch is narrowed to this one name; left out: it sees the whole namespace. */
  readonly only?: string;
  readonly replica: Replica;
  /** How many requests of all that share it may be under way at once. */
  readonly gate: Gate;
  readonly onChange: () => void;
  /** Told once when watching is forbidden. */
  readonly onPolling: () => void;
}

/** Asking for single objects, for as long as one attempt lasts. */
interface Asking {
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  /** Rejects when an object could not be asked for. */
  readonly failed: Promise<never>;
  readonly end: () => void;
  /** How many requests are under way. */
  workers: number;
  /** Called when nothing is left to be asked for. */
  onDone: () => void;
}

/** How often objects are asked for that may not be watched. */
const POLL_MS = 10_000;
/** What a watch begins with comes within this time, as far as it can. */
const FIRST_NEWS_MS = 100;
/** However many names a namespace asks for, it leaves room for the others. */
const MOST_AT_ONCE = 8;
/** After so many rounds it is tried whether watching is allowed by now. */
const POLLS = 30;

export class NamedObjects {
  readonly #options: NamedObjectsOptions;
  readonly #follower: Follower;
  readonly #names = new Set<string>();
  /** Those of which the open watch brought news: what it said counts more than an answer that may be older. */
  #told = new Set<string>();
  /** The last version of those that are gone, so that older news do not bring them back. */
  readonly #goneAt = new Map<string, string>();
  /** Called when a name was answered for once. */
  readonly #asked = new Map<string, () => void>();
  /** Those that have to be asked for: new ones, and those for which there was no answer. */
  readonly #pending = new Set<string>();
  /** Undefined while no watch is open: what is added then waits for the next one. */
  #asking: Asking | undefined;

  constructor(options: NamedObjectsOptions) {
    this.#options = options;
    const { ports, counters, kind, namespace, only } = options;
    const label = `${kind.kind} ${namespace}/${only ?? '*'}`;
    this.#follower = new Follower({ ports, counters, label, attempt: (...given) => this.#attempt(...given) });
  }

  /** Follows a name, too. Resolves when the server said once what it knows of it, be it an error. */
  add(name: string): Promise<void> {
    this.#names.add(name);
    const asked = new Promise<void>((resolve) => void this.#asked.set(name, resolve));
    this.#pending.add(name);
    if (this.#asking !== undefined) this.#askPending(this.#asking);
    this.#follower.start();
    return asked;
  }

  /** Follows a name no more; what is held of it is for the caller to drop. */
  delete(name: string): void {
    this.#names.delete(name);
    this.#pending.delete(name);
    this.#told.delete(name);
    this.#goneAt.delete(name);
    this.#settle(name);
  }

  async stop(): Promise<void> {
    for (const name of [...this.#asked.keys()]) this.#settle(name);
    await this.#follower.stop();
  }

  async #attempt(state: FollowState, notes: AttemptNotes, signal: AbortSignal): Promise<void> {
    const { ports, gate } = this.#options;
    let watch: OpenWatch;
    try {
      watch = await gate.through(() => this.#open(state, signal));
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 403) return this.#poll(notes, signal);
      if (!isAway(error)) for (const name of [...this.#asked.keys()]) this.#settle(name);
      throw error;
    }
    notes.openedAtMs = ports.clock.monotonicMs();
    if (state.version === '') {
      this.#forgetAnswers();
      this.#forgetVersions();
    }
    const asking = this.#beginAsking(signal);
    try {
      // The answers and the news come at the same time; either may end the attempt.
      const reading = watch.read((event) => this.#take(event, notes));
      const works = (): void => (asking.signal.aborted ? undefined : notes.works());
      this.#askAll(asking).then(works, () => undefined);
      await Promise.race([reading, asking.failed]);
    } finally {
      asking.end();
      watch.close();
    }
  }

  #open(state: FollowState, signal: AbortSignal): Promise<OpenWatch> {
    const { ports, counters, kind, namespace, only } = this.#options;
    const query = only === undefined ? {} : { fieldSelector: `metadata.name=${only}` };
    const watched = { kind, path: apiPath(kind.resource, { namespace }), query };
    const version = state.version === '' ? {} : { version: state.version };
    return openWatch(watched, { ports, counters, signal, ...version });
  }

  #take(event: ObjectEvent, notes: AttemptNotes): void {
    if ((compareVersions(event.version, notes.version) ?? 1) > 0) notes.version = event.version;
    if (event.kind === 'bookmark') return;
    const name = textAt(event.object, 'metadata', 'name');
    if (!this.#names.has(name)) return;
    this.#told.add(name);
    const { replica } = this.#options;
    const isOldNews = (compareVersions(event.version, this.#goneAt.get(name) ?? '0') ?? 1) <= 0;
    if (isOldNews) return;
    if (event.kind === 'gone') this.#goneAt.set(name, event.version);
    const taken = event.kind === 'stands' ? replica.stands(event.object) : replica.gone(event.object);
    if (taken === 'changed') this.#options.onChange();
  }

  #forgetAnswers(): void {
    for (const name of this.#names) this.#pending.add(name);
  }

  /** What comes afresh is right, even when it is older than what is known. */
  #forgetVersions(): void {
    const { namespace, replica } = this.#options;
    this.#goneAt.clear();
    for (const name of this.#names) replica.forgetVersion(objectKey(namespace, name));
  }

  /** What is pending is asked for from now on, until it is ended; what has no answer by then stays pending. */
  #beginAsking(signal: AbortSignal): Asking {
    const ending = new AbortController();
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    // It may fail when nobody listens any more.
    failed.catch(() => undefined);
    const asking: Asking = {
      signal: AbortSignal.any([signal, ending.signal]),
      fail,
      failed,
      end: () => {
        this.#asking = undefined;
        ending.abort();
      },
      workers: 0,
      onDone: () => undefined,
    };
    this.#told = new Set();
    this.#asking = asking;
    return asking;
  }

  /** Resolves when there is an answer for all that is pending, or nobody is to ask any more. */
  async #askAll(asking: Asking): Promise<void> {
    const { ports, only } = this.#options;
    // The watch of a whole namespace begins with what is there; asking for that, too, would be twice the work.
    if (only === undefined) await pauseUnlessAborted(ports.clock, FIRST_NEWS_MS, asking.signal);
    const done = new Promise<void>((resolve) => (asking.onDone = resolve));
    this.#askPending(asking);
    await Promise.race([done, asking.failed]);
  }

  /** Begins as many requests as there may be at once; each is followed by another one, while there is something to ask for. */
  #askPending(asking: Asking): void {
    while (asking.workers < MOST_AT_ONCE && this.#pending.size > 0 && !asking.signal.aborted) void this.#work(asking);
    if (asking.workers === 0) asking.onDone();
  }

  async #work(asking: Asking): Promise<void> {
    asking.workers++;
    try {
      while (!asking.signal.aborted) {
        const [name] = this.#pending;
        if (name === undefined) break;
        this.#pending.delete(name);
        await this.#ask(name, asking.signal);
      }
    } catch (error) {
      asking.fail(error);
    }
    asking.workers--;
    if (asking.workers === 0) asking.onDone();
  }

  /** Asks for one object. What may not be read stays as it is known; every other failure is thrown. */
  async #ask(name: string, signal: AbortSignal): Promise<void> {
    const { ports, counters, kind, namespace, gate, replica } = this.#options;
    const key = objectKey(namespace, name);
    try {
      const path = apiPath(kind.resource, { namespace, name });
      const object = await gate.through(async () => {
        signal.throwIfAborted();
        if (!this.#isNews(name)) return undefined;
        counters.lists++;
        return ports.api.send({ path, signal });
      });
      if (object !== undefined && !isObject(object, kind, key))
        throw new GarbledError(`the answer of ${path} is no ${kind.kind} of that name`);
      if (object !== undefined && this.#isNews(name) && replica.stands(object) === 'changed') this.#options.onChange();
      this.#settle(name);
    } catch (error) {
      const isAnswer = hasStatus(error, 403) || isAbsence(error);
      if (!isAnswer && this.#names.has(name)) this.#pending.add(name);
      if (!isAway(error) && !signal.aborted) this.#settle(name);
      if (!isAnswer) throw error;
      if (error.status === 403) this.#complain(key, error);
      else if (this.#isNews(name) && replica.absent(key) === 'changed') this.#options.onChange();
    }
  }

  /** Whether an answer about it says anything: it is still wanted, and the watch has said nothing since. */
  #isNews(name: string): boolean {
    return this.#names.has(name) && !this.#told.has(name);
  }

  #complain(key: ObjectKey, { message: reason }: KubeApiError): void {
    const { ports, counters, kind } = this.#options;
    counters.failures.set('forbidden', (counters.failures.get('forbidden') ?? 0) + 1);
    ports.logger.error(`The API server forbids to read a ${kind.kind}`, { object: key, reason });
  }

  /** Stands in for a watch that is not allowed. */
  async #poll(notes: AttemptNotes, signal: AbortSignal): Promise<void> {
    const { ports } = this.#options;
    this.#options.onPolling();
    notes.version = '';
    notes.openedAtMs = ports.clock.monotonicMs();
    const asking = this.#beginAsking(signal);
    try {
      for (let round = 0; round < POLLS && !signal.aborted; round++) {
        this.#forgetAnswers();
        await this.#askAll(asking);
        notes.works();
        await pauseUnlessAborted(ports.clock, POLL_MS * (0.75 + ports.jitter() / 2), signal);
      }
    } finally {
      asking.end();
    }
  }

  #settle(name: string): void {
    this.#asked.get(name)?.();
    this.#asked.delete(name);
  }
}

/** What stands before a server, or in its place, says 404 in words of its own. */
function isAbsence(error: unknown): error is KubeApiError {
  return hasStatus(error, 404) && error.reason === 'NotFound';
}

/** Whether the server cannot answer anything now, so that nothing is known yet. */
function isAway(error: unknown): boolean {
  const { kind } = failureOf(error);
  return kind === 'unreachable' || kind === 'busy' || kind === 'silent';
}

function isObject(json: unknown, { kind, apiVersion }: WatchedKind, key: ObjectKey): boolean {
  return textAt(json, 'kind') === kind && textAt(json, 'apiVersion') === apiVersion && headOf(json).key === key;
}
