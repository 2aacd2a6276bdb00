/**
 * Duty: telling of rounds: the first attempt by a promise, what follows to listeners.
 */
import type { Round } from '@gatehouse/pipeline';

export type FirstAttempt =
  /** nginx serves, unless it refused the configuration (`round.outcome`). */
  | { readonly kind: 'round'; readonly round: Round }
  /** The machine is at fault: a port is taken, say, or the disk is full. */
  | { readonly kind: 'fault'; readonly error: unknown };

export interface RoundBoard {
  readonly first: Promise<FirstAttempt>;
  isServing(): boolean;
  /** Resolves when nginx serves for the first time. */
  readonly serves: Promise<void>;
  publish(round: Round): void;
  fail(error: unknown): void;
  listen(listener: (round: Round) => void): void;
}

/** An empty board. */
export function createRoundBoard(): RoundBoard {
  const first = Promise.withResolvers<FirstAttempt>();
  const serves = Promise.withResolvers<undefined>();
  const listeners: ((round: Round) => void)[] = [];
  let seen = false;
  let serving = false;
  return {
    first: first.promise,
    isServing: () => serving,
    serves: serves.promise,
    publish(round) {
      // What is postponed waits for what runs.
      serving ||= round.outcome !== 'refused' && round.outcome !== 'postponed';
      if (serving) serves.resolve(undefined);
      if (seen) for (const listener of listeners) listener(round);
      seen = true;
      first.resolve({ kind: 'round', round });
    },
    fail(error) {
      seen = true;
      first.resolve({ kind: 'fault', error });
    },
    listen: (listener) => void listeners.push(listener),
  };
}
