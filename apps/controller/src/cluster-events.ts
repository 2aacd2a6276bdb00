/**
 * Duty: which Events a controller in a cluster tells the API server, and which it logs as well.
 */
import { describeObject } from '@gatehouse/core';
import type { Clock, EventSink, Logger } from '@gatehouse/pipeline';

/** Of one object so many warnings are logged in a period; its author sees them all by `gatehouse check`. */
const MOST_OF_AN_OBJECT = 25;
const PERIOD_MS = 60_000;

/** Whoever runs us may see no Event of another namespace, and those of objects that do not exist nobody sees. */
export function loggingWarnings(
  events: EventSink,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): EventSink {
  let counts = new Map<string, number>();
  let sinceMs = clock.monotonicMs();
  const countOf = (object: string): number => {
    const nowMs = clock.monotonicMs();
    if (nowMs - sinceMs >= PERIOD_MS) [counts, sinceMs] = [new Map<string, number>(), nowMs];
    const count = (counts.get(object) ?? 0) + 1;
    counts.set(object, count);
    return count;
  };
  return {
    record(event) {
      events.record(event);
      const { type, reason, message, object: ref } = event;
      if (type !== 'Warning') return;
      const object = describeObject(ref);
      const count = countOf(object);
      if (count <= MOST_OF_AN_OBJECT) logger.warn('event', { object, reason, text: message });
      else if (count === MOST_OF_AN_OBJECT + 1) {
        logger.warn('Further warnings about an object are not logged for a minute', { object });
      }
    },
  };
}

/** --disable-sync-events. What happens to our own Pod is told all the same, as it is in ingress-nginx. */
export function withoutNormalEvents(events: EventSink): EventSink {
  return {
    record(event) {
      if (event.type === 'Warning' || event.object.kind === 'Pod') events.record(event);
    },
  };
}
