/**
 * Duty: which Events a controller in a cluster tells the API server, and which it logs as well.
 */
import { describeObject } from '@gatehouse/core';
import type { EventSink, Logger } from '@gatehouse/pipeline';

/** Whoever runs us may see no Event of another namespace, and those of objects that do not exist nobody sees. */
export function loggingWarnings(events: EventSink, logger: Logger): EventSink {
  return {
    record(event) {
      const { type, reason, message, object } = event;
      if (type === 'Warning') logger.warn('event', { object: describeObject(object), reason, text: message });
      events.record(event);
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
