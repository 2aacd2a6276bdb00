/**
 * Duty: the API server as the source of objects: it follows every kind that is wanted, and tells of a change only when
 * the Secrets that the change asks for were asked for, too. Must not know what is made of the objects.
 */
import type { ObjectKey } from '@gatehouse/core';
import { ObjectStore, type Snapshot } from '@gatehouse/kube-model';
import type { ChangeKind, Clock, Logger, ObjectSource } from '@gatehouse/pipeline';
import { newCounters, type FollowCounters, type FollowPorts } from '../follow/follow-ports.ts';
import { Follower } from '../follow/follower.ts';
import { listAttempt } from '../follow/list-attempt.ts';
import { Replica } from '../follow/replica.ts';
import type { Watched } from '../follow/watch.ts';
import { watchedKinds } from '../follow/watched-kind.ts';
import type { KubeApi } from '../kube-api.ts';
import { changeKind } from './change-kind.ts';
import { planScopes, type SourceKind } from './scopes.ts';
import { WantedSecrets } from './wanted-secrets.ts';

export interface KubeSourceOptions {
  readonly api: KubeApi;
  readonly logger: Logger;
  readonly clock: Clock;
  /** A number from 0 (inclusive) to 1, another one each time. */
  readonly jitter: () => number;
  /** Empty: all namespaces. */
  readonly watchNamespace: string;
  /** A label selector: only such Namespaces are read. Left out: no Namespace is. */
  readonly namespaceSelector?: string | undefined;
  /** Left out: all that a snapshot holds; Namespaces only with a selector. */
  readonly kinds?: readonly SourceKind[];
  /** Read by name. */
  readonly configMaps: readonly ObjectKey[];
  /** Read by name, with their endpoints, when they are outside of the namespace that is watched. */
  readonly services: readonly ObjectKey[];
  /** The Secrets that a snapshot asks for; no other is read. */
  readonly secretsOf: (snapshot: Snapshot) => ReadonlySet<ObjectKey>;
  /** A watch that brings not a byte for so long is given up. */
  readonly silenceMs?: number;
}

export interface KubeSource extends ObjectSource {
  /** The kinds of which the first whole list has not come yet. */
  unsynced(): readonly string[];
  /** What happened so far, by kind. */
  counters(): ReadonlyMap<string, Readonly<FollowCounters>>;
}

/** Bookmarks come every minute. */
const SILENCE_MS = 90_000;
/** At the start so long is waited for the Secrets that are asked for, when everything else is there. */
const LONGEST_START_MS = 15_000;
/** A change waits no longer than this for the Secrets that it asks for. */
const LONGEST_HOLD_MS = 2000;

/** The API server as a source. It never fails: what cannot be read is tried again until `stop`. */
export function createKubeSource(options: KubeSourceOptions): KubeSource {
  return new FollowingSource(options);
}

class FollowingSource implements KubeSource {
  readonly #options: KubeSourceOptions;
  readonly #ports: FollowPorts;
  readonly #store = new ObjectStore();
  readonly #counters = new Map<string, FollowCounters>();
  readonly #followers: readonly Follower[];
  readonly #secrets: WantedSecrets | undefined;
  /** Scopes whose first whole list has not come yet, with the names of their kinds. */
  readonly #unsynced: Map<Watched, string>;
  #released = this.#store.snapshot();
  #lastLooked: Snapshot | undefined;
  #onChange: (of: ChangeKind) => void = () => undefined;
  #isLookPlanned = false;
  #isStopped = false;
  /** Ends the waiting in `start`. */
  #onSynced: () => void = () => undefined;
  /** Ends the waiting for the first Secrets. */
  #onStopped: () => void = () => undefined;
  /** How many sets of new Secrets are being asked for. */
  #holding = 0;
  /** Since when changes wait for that. */
  #heldSinceMs = 0;

  constructor(options: KubeSourceOptions) {
    this.#options = options;
    const { api, clock, logger, jitter, silenceMs = SILENCE_MS, namespaceSelector } = options;
    this.#ports = { api, clock, logger, jitter, silenceMs };
    const kinds = new Set(options.kinds ?? (Object.keys(watchedKinds) as SourceKind[]));
    if (namespaceSelector === undefined) kinds.delete('Namespace');
    const scopes = planScopes({ ...options, kinds, namespaceSelector: namespaceSelector ?? '' });
    this.#unsynced = new Map(scopes.map((scope) => [scope, scope.kind.kind]));
    this.#followers = scopes.map((scope) => this.#follower(scope));
    if (kinds.has('Secret')) {
      const counters = this.#countersOf('Secret');
      const onChange = (): void => this.#planLook();
      this.#secrets = new WantedSecrets({ ports: this.#ports, counters, store: this.#store, onChange });
    }
  }

  async start(onChange: (of: ChangeKind) => void): Promise<void> {
    const synced = new Promise<void>((resolve) => (this.#onSynced = resolve));
    for (const follower of this.#followers) follower.start();
    if (this.#unsynced.size > 0) await synced;
    if (this.#isStopped) return;
    this.#lastLooked = this.#store.snapshot();
    await this.#firstSecrets(this.#lastLooked);
    if (this.#isStopped as boolean) return;
    this.#released = this.#store.snapshot();
    this.#onChange = onChange;
    // Whatever came in the meantime asks for Secrets of its own.
    this.#planLook();
  }

  snapshot(): Snapshot {
    return this.#released;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#onSynced();
    this.#onStopped();
    await Promise.all([...this.#followers.map((follower) => follower.stop()), this.#secrets?.stop()]);
  }

  unsynced(): readonly string[] {
    return [...new Set(this.#unsynced.values())].sort();
  }

  counters(): ReadonlyMap<string, Readonly<FollowCounters>> {
    return this.#counters;
  }

  /** Nobody can hold up the start by asking for more Secrets than can be read, or for one that cannot. */
  #firstSecrets(snapshot: Snapshot): Promise<void> {
    const secrets = this.#secrets;
    if (secrets === undefined) return Promise.resolve();
    const { clock, logger, secretsOf } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.after(LONGEST_START_MS, () => {
        logger.warn('Not all Secrets could be read yet, the start goes on without them');
        resolve();
      });
      this.#onStopped = () => {
        cancel();
        resolve();
      };
      void secrets.want(secretsOf(snapshot)).then(this.#onStopped);
    });
  }

  #follower(watched: Watched): Follower {
    const { kind } = watched.kind;
    const counters = this.#countersOf(kind);
    const attempt = listAttempt({
      ports: this.#ports,
      counters,
      watched,
      replica: new Replica(watched.kind, this.#store),
      onChange: () => this.#planLook(),
      onList: () => this.#listed(watched),
    });
    const selector = Object.values(watched.query)[0];
    const label = selector === undefined ? watched.path : `${watched.path}?${selector}`;
    return new Follower({ ports: this.#ports, counters, label, attempt });
  }

  #countersOf(kind: string): FollowCounters {
    const counters = this.#counters.get(kind) ?? newCounters();
    this.#counters.set(kind, counters);
    return counters;
  }

  #listed(scope: Watched): void {
    this.#unsynced.delete(scope);
    if (this.#unsynced.size === 0) this.#onSynced();
  }

  /** Many events come at once: one look serves them all. */
  #planLook(): void {
    if (this.#isLookPlanned || this.#isStopped || this.#lastLooked === undefined) return;
    this.#isLookPlanned = true;
    setImmediate(() => {
      this.#isLookPlanned = false;
      if (!this.#isStopped) this.#look();
    });
  }

  #look(): void {
    const snapshot = this.#store.snapshot();
    const before = this.#lastLooked;
    this.#lastLooked = snapshot;
    if (this.#secrets !== undefined && (before === undefined || mayWantOthers(before, snapshot))) {
      this.#holdFor(this.#secrets.want(this.#options.secretsOf(snapshot)));
    }
    // Whoever asks for new Secrets all the time keeps nobody else waiting for longer than for one.
    const isOverdue = this.#options.clock.monotonicMs() - this.#heldSinceMs >= LONGEST_HOLD_MS;
    if (this.#holding === 0 || isOverdue) this.#release();
  }

  /** Secrets that are asked for arrive a moment later: nobody is to think that they do not exist. */
  #holdFor(asked: Promise<void>): void {
    if (this.#holding === 0) this.#heldSinceMs = this.#options.clock.monotonicMs();
    this.#holding++;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      this.#holding--;
      if (this.#holding === 0 && !this.#isStopped) this.#release();
    };
    const cancel = this.#options.clock.after(LONGEST_HOLD_MS, end);
    void asked.then(end);
  }

  #release(): void {
    const snapshot = this.#store.snapshot();
    this.#heldSinceMs = this.#options.clock.monotonicMs();
    if (snapshot === this.#released) return;
    const of = changeKind(this.#released, snapshot);
    this.#released = snapshot;
    this.#onChange(of);
  }
}

/** Whether the wanted Secrets may be others than before. */
function mayWantOthers(before: Snapshot, now: Snapshot): boolean {
  return (
    before.ingresses !== now.ingresses ||
    before.ingressClasses !== now.ingressClasses ||
    before.configMaps !== now.configMaps ||
    before.namespaces !== now.namespaces
  );
}
