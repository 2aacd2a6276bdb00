/**
 * Duty: keeping a log short when the same thing happens to hundreds of objects at once.
 */
import { createRepetitionLimit } from '@gatehouse/logging';
import type { Clock, Logger } from '@gatehouse/pipeline';

/** There are few messages, and each is constant. */
const LIMITS = { periodMs: 30_000, mostAlike: 5, mostInAll: 100 };

/** A logger that drops what it has said often enough a moment ago; the next of its kind tells how much that was. */
export function calmLogger(logger: Logger, clock: Clock): Logger {
  const limit = createRepetitionLimit(LIMITS);
  const calm =
    (level: keyof Logger): Logger['info'] =>
    (message, data = {}) => {
      const leftOut = limit.admit(message, clock.monotonicMs());
      if (leftOut === undefined) return;
      logger[level](message, leftOut > 0 ? { ...data, alsoBefore: leftOut } : data);
    };
  return { debug: calm('debug'), info: calm('info'), warn: calm('warn'), error: calm('error') };
}
