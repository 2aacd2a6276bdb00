/**
 * Duty: the loop around attempts: one at a time, for ever, until it is stopped. It never throws, and tells the log what
 * keeps it from its work. Must not know how an attempt is made, nor what comes next (next-attempt.ts).
 */
import { failureOf } from './failure-of.ts';
import type { FollowCounters, FollowPorts } from './follow-ports.ts';
import { pauseUnlessAborted } from './pause.ts';
import { initialFollowState, nextAttempt, type Failure, type FollowState, type Outcome } from './next-attempt.ts';

/** Notes of one attempt, which it writes as it goes. */
export interface AttemptNotes {
  /** The version to go on from. */
  version: string;
  /** When its watch was open. */
  openedAtMs: number | undefined;
  /** To be called as soon as everything is known that there is: the attempt works. */
  readonly works: () => void;
}

/** One attempt. Resolves when it has ended in its time, and throws when it failed. */
export type Attempt = (state: FollowState, notes: AttemptNotes, signal: AbortSignal) => Promise<void>;

export interface FollowerOptions {
  readonly ports: FollowPorts;
  readonly counters: FollowCounters;
  /** What is followed, for the log. */
  readonly label: string;
  readonly attempt: Attempt;
}

export class Follower {
  readonly #options: FollowerOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #hasWorked = false;
  #hasComplained = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Begins; called again, it does nothing. */
  start(): void {
    this.#loop ??= this.#follow();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    let state = initialFollowState;
    for (;;) {
      const { outcome, error } = await this.#attempt(state);
      if (this.#stopping.signal.aborted) return;
      const next = nextAttempt(state, outcome, this.#options.ports.jitter());
      state = next.state;
      if (outcome.failure !== undefined) this.#complain(outcome.failure, { error, failures: state.failures });
      await pauseUnlessAborted(this.#options.ports.clock, next.delayMs, this.#stopping.signal);
    }
  }

  async #attempt(state: FollowState): Promise<{ readonly outcome: Outcome; readonly error?: unknown }> {
    const { clock } = this.#options.ports;
    const notes: AttemptNotes = { version: state.version, openedAtMs: undefined, works: () => this.#works() };
    const outcome = (): Omit<Outcome, 'failure'> => {
      const atMs = clock.monotonicMs();
      const livedMs = notes.openedAtMs === undefined ? 0 : atMs - notes.openedAtMs;
      return { version: notes.version, livedMs, isFresh: state.version === '', atMs };
    };
    try {
      await this.#options.attempt(state, notes, this.#stopping.signal);
      return { outcome: outcome() };
    } catch (error) {
      return { outcome: { ...outcome(), failure: failureOf(error) }, error };
    }
  }

  #works(): void {
    if (this.#hasComplained) {
      this.#options.ports.logger.info('Objects are followed again', { objects: this.#options.label });
    }
    this.#hasWorked = true;
    this.#hasComplained = false;
  }

  /** Every failure is counted; the log gets the first, and then fewer and fewer. Doubt was told where it arose. */
  #complain(failure: Failure, { error, failures }: { readonly error: unknown; readonly failures: number }): void {
    const { ports, counters, label } = this.#options;
    counters.failures.set(failure.kind, (counters.failures.get(failure.kind) ?? 0) + 1);
    const data = { objects: label, reason: error instanceof Error ? error.message : String(error), failures };
    if (failure.kind === 'doubtful') {
      this.#hasComplained = true;
      return;
    }
    const isUsual = failure.kind === 'unreachable' || failure.kind === 'expired' || failure.kind === 'silent';
    if (isUsual && this.#hasWorked && failures <= 1) {
      ports.logger.debug('Following objects was cut off', data);
      return;
    }
    if (!Number.isInteger(Math.log2(Math.max(failures, 1)))) return;
    this.#hasComplained = true;
    if (failure.kind === 'forbidden') ports.logger.error('The API server forbids to follow objects', data);
    else ports.logger.warn('Objects cannot be followed, what was known stays', data);
  }
}
