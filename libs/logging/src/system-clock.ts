/**
 * Duty: the Clock port on the machine's clocks.
 */
import type { Clock } from '@gatehouse/pipeline';

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  nowMs: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
