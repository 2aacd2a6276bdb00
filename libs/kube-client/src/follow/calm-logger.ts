/**
 * Duty: keeping a log short when the same thing happens to hundreds of objects at once.
 */
import type { Clock, Logger } from '@gatehouse/pipeline';

/** Of each message so many come through in a period; the first after it tells how many did not. */
const MOST_IN_PERIOD = 5;
const PERIOD_MS = 30_000;

interface Heard {
  sinceMs: number;
  count: number;
}

/** A logger that drops what it has said often enough a moment ago. */
export function calmLogger(logger: Logger, clock: Clock): Logger {
  const heard = new Map<string, Heard>();
  const calm =
    (level: keyof Logger): Logger['info'] =>
    (message, data = {}) => {
      const nowMs = clock.monotonicMs();
      let about = heard.get(message);
      const dropped = about === undefined ? 0 : Math.max(0, about.count - MOST_IN_PERIOD);
      const isNew = about === undefined || nowMs - about.sinceMs >= PERIOD_MS;
      if (about === undefined || isNew) heard.set(message, (about = { sinceMs: nowMs, count: 0 }));
      about.count++;
      if (about.count > MOST_IN_PERIOD) return;
      logger[level](message, isNew && dropped > 0 ? { ...data, alsoBefore: dropped } : data);
    };
  return { debug: calm('debug'), info: calm('info'), warn: calm('warn'), error: calm('error') };
}
