/**
 * Duty: waiting, but not when there is nothing to wait for any more.
 */
import type { Clock } from '@gatehouse/pipeline';

/** Resolves after the time, or at once when the signal says so. */
export function pauseUnlessAborted(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal?.addEventListener('abort', end);
    if (signal?.aborted === true) end();
  });
}
