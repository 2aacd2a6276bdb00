/**
 * Duty: doing something again and again at an even rate, whatever else goes on.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface EvenRate {
  /** Ends it; the answer is the rate that it came to, in times per second. */
  stop(): Promise<number>;
}

/** Calls `change` with 0, 1, 2 …; the next call waits for the end of the one before, and late ones are made up for. */
export function atEvenRate(perSecond: number, change: (count: number) => Promise<unknown>): EvenRate {
  const ending = new AbortController();
  const beganMs = performance.now();
  let count = 0;
  const changing = (async () => {
    while (!ending.signal.aborted) {
      await change(count);
      count += 1;
      const dueMs = beganMs + (count / perSecond) * 1000;
      await delay(Math.max(0, dueMs - performance.now()));
    }
    return count / ((performance.now() - beganMs) / 1000);
  })();
  return {
    stop() {
      ending.abort();
      return changing;
    },
  };
}
