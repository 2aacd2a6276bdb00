/**
 * Duty: seeing to it that nginx uses the endpoints that it is told: all upstreams are compared again and again, those that
 * have just changed soon, and one that stays different is told again, then nginx is reloaded. Must not know how nginx is
 * asked.
 */
import type { Clock, Logger } from '@gatehouse/pipeline';
import type { ComparePeers } from './ask-peers.ts';
import type { EndpointTruth } from './endpoint-side.ts';

export interface EndpointProofOptions {
  readonly truth: EndpointTruth;
  readonly compare: ComparePeers;
  /** Makes nginx begin its workers anew, which ask for everything. */
  readonly reload: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly listeners: ProofListeners;
}

export interface ProofListeners {
  /** So many upstreams had other endpoints than they were told; the names of the last of them. */
  onDrift(count: number, names: readonly string[]): void;
  /** All that can be compared have been: milliseconds since 1970. */
  onCompared(atMs: number): void;
  /** nginx was reloaded so many times, so that it asks for endpoints anew. */
  onRelearning(reloads: number): void;
}

/** One look each at most: 10,000 upstreams take a quarter of an hour. */
const TICK_MS = 100;
/** All upstreams are compared no more often. */
const ROUND_MS = 60_000;
/** While nothing can be compared, such as before nginx has started. */
const VAIN_ROUND_MS = 2000;
/** For each millisecond that a look takes: so all of it costs one percent. */
const REST_FOR_EACH_LOOK = 99;
/** nginx pauses for a second after each answer, … */
const SETTLED_MS = 3000;
/** … and asks again after five when an answer was lost. */
const SURE_MS = 6000;
const TOLD_AGAIN_MS = 3000;
const RELOADED_MS = 10_000;
/** A reload for this, and a name that nothing helps. */
const PATIENCE_MS = 600_000;
/** Reloads that help nobody come further and further apart. */
const LONGEST_PATIENCE_MS = 4 * 60 * 60 * 1000;
/** More at once are all: they have their turn in the round. */
const MOST_CHANGES = 100;

/** What has been done about an upstream that may differ: in this order. */
type Stage = 'changed' | 'different' | 'reloaded' | 'told again' | 'given up';

interface Suspect {
  readonly stage: Stage;
  readonly atMs: number;
}

export class EndpointProof {
  readonly #options: EndpointProofOptions;
  readonly #suspects = new Map<string, Suspect>();
  #round: Iterator<string> | undefined;
  /** When the next round may begin. */
  #roundMs = -Infinity;
  #hasCompared = false;
  #isRoundsTurn = false;
  #restsUntilMs = -Infinity;
  /** When a reload for this ended last; Infinity while there is one. */
  #reloadedMs = -Infinity;
  #patienceMs = PATIENCE_MS;
  #cancel: () => void = () => undefined;
  #isStopped = false;

  constructor(options: EndpointProofOptions) {
    this.#options = options;
    this.#wait();
  }

  /** These are told something else from now on. */
  noteChanges(names: readonly string[]): void {
    if (names.length <= MOST_CHANGES) for (const name of names) this.#suspect(name, 'changed', SETTLED_MS);
    // Whatever was thought of them was about something else.
    else for (const name of names) this.#suspects.delete(name);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #wait(): void {
    if (!this.#isStopped) this.#cancel = this.#options.clock.after(TICK_MS, () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const name = nowMs < this.#restsUntilMs ? undefined : this.#next(nowMs);
    if (name !== undefined) {
      await this.#look(name);
      const endedMs = clock.monotonicMs();
      this.#restsUntilMs = endedMs + REST_FOR_EACH_LOOK * (endedMs - nowMs);
    }
    this.#wait();
  }

  /** Suspects and all others take turns, so that neither keep the others waiting. */
  #next(nowMs: number): string | undefined {
    this.#isRoundsTurn = !this.#isRoundsTurn;
    return this.#isRoundsTurn
      ? (this.#nextInRound(nowMs) ?? this.#nextSuspect(nowMs))
      : (this.#nextSuspect(nowMs) ?? this.#nextInRound(nowMs));
  }

  #nextSuspect(nowMs: number): string | undefined {
    for (const [name, { atMs }] of this.#suspects) if (atMs <= nowMs) return name;
    return undefined;
  }

  #nextInRound(nowMs: number): string | undefined {
    if (this.#round === undefined) {
      if (nowMs < this.#roundMs) return undefined;
      this.#round = [...this.#options.truth.names()][Symbol.iterator]();
      this.#roundMs = nowMs + ROUND_MS;
      this.#hasCompared = false;
    }
    for (let next = this.#round.next(); next.done !== true; next = this.#round.next()) {
      if (!this.#suspects.has(next.value)) return next.value;
    }
    this.#round = undefined;
    if (!this.#hasCompared) this.#roundMs = nowMs + VAIN_ROUND_MS;
    else this.#options.listeners.onCompared(this.#options.clock.nowMs());
    return undefined;
  }

  async #look(name: string): Promise<void> {
    const { truth, compare } = this.#options;
    const suspect = this.#suspects.get(name);
    const expected = truth.endpointsOf(name);
    const found = expected === undefined ? 'unknown' : await compare(name, expected);
    if (this.#isStopped || this.#suspects.get(name) !== suspect || truth.endpointsOf(name) !== expected) return;
    if (found !== 'unknown') this.#hasCompared = true;
    if (found === 'different') this.#doNext(name, suspect?.stage);
    else this.#acquit(name, suspect, found);
  }

  #acquit(name: string, suspect: Suspect | undefined, found: 'same' | 'unknown'): void {
    this.#suspects.delete(name);
    if (found === 'unknown' || suspect === undefined) return;
    const { stage } = suspect;
    if (stage === 'reloaded' || stage === 'given up') this.#patienceMs = PATIENCE_MS;
    if (stage === 'told again' || stage === 'reloaded' || stage === 'given up') {
      this.#options.logger.info('nginx uses the endpoints again that it is told', { upstream: name, after: stage });
    }
  }

  #doNext(name: string, stage: Stage | undefined): void {
    switch (stage) {
      case undefined:
      case 'changed':
        this.#suspect(name, 'different', SURE_MS);
        break;
      case 'different':
      case 'given up':
        this.#count(name);
        this.#options.truth.tellAgain([name]);
        this.#suspect(name, 'told again', TOLD_AGAIN_MS);
        break;
      case 'told again':
        this.#reloadOrGiveUp(name);
        break;
      case 'reloaded':
        this.#giveUp(name);
        break;
    }
  }

  /** One reload is for all that differ then. */
  #reloadOrGiveUp(name: string): void {
    const sinceMs = this.#options.clock.monotonicMs() - this.#reloadedMs;
    if (sinceMs >= this.#patienceMs) void this.#reload();
    else if (sinceMs >= RELOADED_MS) {
      this.#giveUp(name);
      return;
    }
    this.#suspect(name, 'reloaded', this.#reloadedMs === Infinity ? Infinity : RELOADED_MS);
  }

  async #reload(): Promise<void> {
    const { clock, logger, reload } = this.#options;
    this.#reloadedMs = Infinity;
    logger.warn('nginx is reloaded, so that it asks for endpoints anew');
    try {
      await reload();
    } catch (error) {
      if (!this.#isStopped) logger.error('nginx could not be reloaded', { error });
    }
    this.#reloadedMs = clock.monotonicMs();
    this.#patienceMs = Math.min(2 * this.#patienceMs, LONGEST_PATIENCE_MS);
    const waiting = [...this.#suspects].filter(([, { atMs }]) => atMs === Infinity);
    for (const [name] of waiting) this.#suspect(name, 'reloaded', RELOADED_MS);
  }

  #giveUp(name: string): void {
    this.#options.logger.error('nginx does not come to use the endpoints that it is told', { upstream: name });
    this.#suspect(name, 'given up', PATIENCE_MS);
  }

  #count(name: string): void {
    this.#options.listeners.onDrift(1, [name]);
    this.#options.logger.warn('nginx uses other endpoints than it is told; it is told again', { upstream: name });
  }

  #suspect(name: string, stage: Stage, inMs: number): void {
    // The latest last: who waits longest is first.
    this.#suspects.delete(name);
    this.#suspects.set(name, { stage, atMs: this.#options.clock.monotonicMs() + inMs });
  }
}
