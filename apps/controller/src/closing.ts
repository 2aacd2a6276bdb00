/**
 * Duty: the order in which a controller ends, and how whoever is in a hurry shortens it. Must not know what each step does.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** nginx' own limit (worker_shutdown_timeout) ends requests before this; it is for an nginx that hangs. */
const NGINX_GRACE_MS = 300_000;

export interface Closing {
  hasBegun(): boolean;
  /** Waits, unless somebody wants the end at once. */
  pause(timeMs: number): Promise<void>;
  /** See `RunningController.close`. */
  readonly close: (requestGraceMs?: number) => Promise<void>;
}

interface ClosingSteps {
  /** Takes leave of others while everything still serves; left out when there is no time for it. */
  readonly leave: () => Promise<void>;
  /** Cuts off what `end` waits for. */
  readonly cutOff: () => Promise<void>;
  readonly end: (requestGraceMs: number) => Promise<void>;
}

/** Each step is taken once, however often the end is asked for. */
export function createClosing(shutdownGraceMs: number, { cutOff, leave, end }: ClosingSteps): Closing {
  const now = new AbortController();
  let ended: Promise<void> | undefined;
  const pause = (timeMs: number): Promise<void> =>
    delay(timeMs, undefined, { signal: now.signal }).catch(() => undefined);
  const begin = async (requestGraceMs: number): Promise<void> => {
    if (requestGraceMs > 0) {
      await pause(shutdownGraceMs);
      await Promise.race([leave(), whenAborted(now.signal)]);
    }
    await end(now.signal.aborted ? 0 : requestGraceMs);
  };
  return {
    hasBegun: () => ended !== undefined,
    pause,
    async close(requestGraceMs = NGINX_GRACE_MS) {
      if (ended !== undefined && requestGraceMs === 0) {
        now.abort();
        await cutOff();
      }
      await (ended ??= begin(requestGraceMs));
    },
  };
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
