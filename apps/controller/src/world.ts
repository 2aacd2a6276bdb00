/**
 * Duty: what a controller has around it, whether that is files or a cluster: where objects come from, and where what it
 * has to say goes.
 */
import type { ObjectRef } from '@gatehouse/core';
import type { Registry } from 'prom-client';
import type { EventSink, ObjectSource, Pipeline, StatusOptions } from '@gatehouse/pipeline';

export interface World {
  readonly source: ObjectSource;
  readonly events: EventSink;
  /** Undefined when no status is to be written. */
  readonly status?: StatusOptions;
  /** Our own; undefined when there is none, or it is not known. */
  readonly pod?: ObjectRef;
  /** Adds what it counts. */
  registerMetrics(registry: Registry): void;
  /** Begins what goes on beside the rounds. */
  begin(pipeline: Pick<Pipeline, 'clearStatus' | 'refreshStatus'>): void;
  /** What of it is not known yet, one sentence each. */
  unreadyReasons(): readonly string[];
  /** Whether it lets us wait: whoever starts us is not to think that we are at fault. */
  isSlow(): boolean;
  /** Takes leave of others while nginx still serves; ends within some seconds, whatever the world is like. */
  leave(): Promise<void>;
  /** Ends what is left when nothing is asked any more. */
  close(): Promise<void>;
}
