/**
 * Duty: telling status and Events to the log, for a controller that has no cluster to write them to.
 */
import { describeObject } from '@gatehouse/core';
import type { EventSink, Logger, StatusSink } from '@gatehouse/pipeline';

/** Both sinks on a logger. Warnings are logged as warnings. */
export function createLogSinks(logger: Logger): EventSink & StatusSink {
  return {
    write(ingress, addresses): Promise<void> {
      const names = addresses.map((address) => address.ip ?? address.hostname).join(', ');
      logger.info('status', { object: describeObject(ingress.ref), addresses: names });
      return Promise.resolve();
    },
    record({ type, reason, message, object }): void {
      const line = { object: describeObject(object), reason, message };
      if (type === 'Warning') logger.warn('event', line);
      else logger.info('event', line);
    },
  };
}

/** A sink that passes everything on to all of `sinks`, in order. */
export function joinSinks(sinks: readonly (EventSink & StatusSink)[]): EventSink & StatusSink {
  return {
    async write(ingress, addresses): Promise<void> {
      for (const sink of sinks) await sink.write(ingress, addresses);
    },
    record(event): void {
      for (const sink of sinks) sink.record(event);
    },
  };
}
