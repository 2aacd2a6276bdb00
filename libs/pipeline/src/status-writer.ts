/**
 * Duty: bringing planned addresses into the status of Ingresses, one after another, beside the rounds, so that a slow
 * API server holds up no configuration. Must not know why an address is planned.
 */
import { describeObject } from '@gatehouse/core';
import type { StatusWrite } from '@gatehouse/routing';
import type { Logger, StatusSink } from './ports.ts';

export interface StatusWriter {
  /** Writes these soon; what an earlier plan had not got to is dropped, since this plan knows better. */
  write(plan: readonly StatusWrite[]): void;
  /** Resolves when the write under way has ended; the rest is dropped. */
  stop(): Promise<void>;
}

/** A write that fails is logged and left to the plan of the next round. */
export function createStatusWriter(sink: StatusSink, logger: Logger): StatusWriter {
  let waiting: readonly StatusWrite[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      waiting = waiting.slice(1);
      try {
        await sink.write(next.ingress, next.addresses);
      } catch (error) {
        logger.warn('The status of an Ingress could not be written', {
          object: describeObject(next.ingress.ref),
          error,
        });
      }
    }
    working = undefined;
  }

  return {
    write(plan) {
      waiting = plan;
      working ??= work();
    },
    async stop() {
      waiting = [];
      await working;
    },
  };
}
