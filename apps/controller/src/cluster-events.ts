/**
 * Duty: which Events a controller in a cluster tells the API server, and which it logs as well.
 */
import { describeObject } from '@gatehouse/core';
import { createRepetitionLimit } from '@gatehouse/logging';
import type { Clock, EventSink, Logger } from '@gatehouse/pipeline';

/** Of the warnings about one object, whose author sees them all by `gatehouse check`, and about all of them. */
const LIMITS = { periodMs: 60_000, mostAlike: 25, mostInAll: 20_000 };

/** Whoever runs us may see no Event of another namespace, and those of objects that do not exist nobody sees. */
export function loggingWarnings(
  events: EventSink,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): EventSink {
  const limit = createRepetitionLimit(LIMITS);
  return {
    record(event) {
      events.record(event);
      const { type, reason, message, object: ref } = event;
      if (type !== 'Warning') return;
      const object = describeObject(ref);
      const leftOut = limit.admit(object, clock.monotonicMs());
      if (leftOut === undefined) return;
      logger.warn('event', { object, reason, text: message, ...(leftOut === 0 ? {} : { alsoBefore: leftOut }) });
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
