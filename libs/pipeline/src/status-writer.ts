/**
 * Duty: bringing planned addresses into the status of Ingresses, some at a time, beside the rounds, so that a slow API
 * server holds up no configuration. What fails is tried again, and what was just written is not written again at once,
 * so that neither a snapshot that lags behind nor somebody else who writes the same status makes a storm.
 * Must not know why an address is planned.
 */
import { describeObject, type ObjectKey } from '@gatehouse/core';
import type { StatusWrite } from '@gatehouse/routing';
import type { Clock, Logger, StatusSink } from './ports.ts';

export interface StatusWriterPorts {
  readonly sink: StatusSink;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface StatusWriter {
  /** Writes these soon; what an earlier plan had not got to is dropped, since this plan knows better. */
  write(plan: readonly StatusWrite[]): void;
  /** Nothing that was written or failed before holds a write back any more. */
  forget(): void;
  /** Resolves when nothing waits or is under way, but for what is held back. */
  settled(): Promise<void>;
  /** Resolves when the writes under way have ended; the rest is dropped. */
  stop(): Promise<void>;
}

/** As many at a time as ingress-nginx writes. */
const MOST_UNDER_WAY = 10;
/** The same write follows itself no sooner. */
const REPEAT_AFTER_MS = 30_000;
const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 300_000;
/** After failures with no success between them, nothing is begun for this long: the server may be away. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** What is known of the last write of an Ingress. */
interface Held {
  readonly content: string;
  readonly untilMs: number;
  /** In a row. */
  readonly failures: number;
}

/** Of each Ingress one write is under way at a time. */
export function createStatusWriter(ports: StatusWriterPorts): StatusWriter {
  return new QueuedStatusWriter(ports);
}

class QueuedStatusWriter implements StatusWriter {
  readonly #ports: StatusWriterPorts;
  /** In the order of the plan. */
  #waiting = new Map<ObjectKey, StatusWrite>();
  /** Planned, but not yet: they wait until they are held back no longer. */
  #heldBack = new Map<ObjectKey, StatusWrite>();
  readonly #held = new Map<ObjectKey, Held>();
  readonly #underWay = new Map<ObjectKey, Promise<void>>();
  /** When the first of those may begin. */
  #heldBackDueMs = Infinity;
  /** How many plans were made; a write of an older one that fails is no longer our business. */
  #plans = 0;
  #pausedUntilMs = 0;
  #failuresInARow = 0;
  #isStopped = false;
  #cancelTimer: (() => void) | undefined;
  #tellSettled: readonly (() => void)[] = [];

  constructor(ports: StatusWriterPorts) {
    this.#ports = ports;
  }

  write(plan: readonly StatusWrite[]): void {
    if (this.#isStopped) return;
    this.#plan(plan);
    this.#pump();
  }

  forget(): void {
    this.#held.clear();
    this.#pausedUntilMs = 0;
    this.#failuresInARow = 0;
  }

  async settled(): Promise<void> {
    if (this.#waiting.size + this.#underWay.size === 0) return;
    await new Promise<void>((resolve) => (this.#tellSettled = [...this.#tellSettled, resolve]));
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#plan([]);
    this.#pump();
    await Promise.all(this.#underWay.values());
  }

  #plan(plan: readonly StatusWrite[]): void {
    const nowMs = this.#ports.clock.monotonicMs();
    for (const [key, { untilMs, failures }] of this.#held)
      if (untilMs + (failures > 0 ? LONGEST_RETRY_MS : 0) <= nowMs) this.#held.delete(key);
    this.#plans += 1;
    this.#waiting = new Map(plan.map((write) => [write.ingress.key, write]));
    this.#heldBack = new Map();
    this.#heldBackDueMs = Infinity;
  }

  /** Begins what may begin, and sees to it that it is called again when more may. */
  #pump(): void {
    const nowMs = this.#ports.clock.monotonicMs();
    if (this.#heldBackDueMs <= nowMs) this.#moveHeldBack(nowMs);
    if (this.#pausedUntilMs <= nowMs) this.#beginWaiting(nowMs);
    this.#setTimer(nowMs);
    if (this.#waiting.size + this.#underWay.size > 0) return;
    for (const tell of this.#tellSettled) tell();
    this.#tellSettled = [];
  }

  /** Those that are due are waiting again. */
  #moveHeldBack(nowMs: number): void {
    this.#heldBackDueMs = Infinity;
    for (const [key, write] of this.#heldBack) {
      const untilMs = this.#heldUntilMs(write);
      if (untilMs > nowMs) {
        this.#heldBackDueMs = Math.min(this.#heldBackDueMs, untilMs);
        continue;
      }
      this.#heldBack.delete(key);
      this.#waiting.set(key, write);
    }
  }

  #beginWaiting(nowMs: number): void {
    for (const [key, write] of this.#waiting) {
      if (this.#underWay.size >= MOST_UNDER_WAY) return;
      if (this.#underWay.has(key)) continue;
      this.#waiting.delete(key);
      if (this.#heldUntilMs(write) > nowMs) this.#holdBack(key, write);
      else this.#begin(key, write);
    }
  }

  #holdBack(key: ObjectKey, write: StatusWrite): void {
    this.#heldBack.set(key, write);
    this.#heldBackDueMs = Math.min(this.#heldBackDueMs, this.#heldUntilMs(write));
  }

  /** 0 when the write is another one than the last. */
  #heldUntilMs(write: StatusWrite): number {
    const held = this.#held.get(write.ingress.key);
    return held?.content === contentOf(write) ? held.untilMs : 0;
  }

  #setTimer(nowMs: number): void {
    this.#cancelTimer?.();
    const pauseEndMs = this.#waiting.size > 0 && this.#pausedUntilMs > nowMs ? this.#pausedUntilMs : Infinity;
    const nextMs = Math.min(pauseEndMs, this.#heldBackDueMs);
    this.#cancelTimer = nextMs < Infinity ? this.#ports.clock.after(nextMs - nowMs, () => this.#pump()) : undefined;
  }

  #begin(key: ObjectKey, write: StatusWrite): void {
    const done = this.#attempt(key, write).then(() => {
      this.#underWay.delete(key);
      this.#pump();
    });
    this.#underWay.set(key, done);
  }

  async #attempt(key: ObjectKey, write: StatusWrite): Promise<void> {
    const { sink, clock } = this.#ports;
    const plan = this.#plans;
    try {
      await sink.write(write.ingress, write.addresses);
      this.#failuresInARow = 0;
      this.#held.set(key, {
        content: contentOf(write),
        untilMs: clock.monotonicMs() + REPEAT_AFTER_MS,
        failures: 0,
      });
    } catch (error) {
      this.#noteFailure(write, error);
      if (plan === this.#plans) this.#holdBack(key, write);
    }
  }

  #noteFailure(write: StatusWrite, error: unknown): void {
    const { clock, logger } = this.#ports;
    const nowMs = clock.monotonicMs();
    const content = contentOf(write);
    const { key, ref } = write.ingress;
    const before = this.#held.get(key);
    const failures = before?.content === content ? before.failures : 0;
    const retryMs = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    this.#held.set(key, { content, untilMs: nowMs + retryMs, failures: failures + 1 });
    const message = 'The status of an Ingress could not be written; it will be tried again';
    const details = { object: describeObject(ref), error };
    // When the server is away, one message tells it better than one for each Ingress.
    if (this.#failuresInARow === 0) logger.warn(message, details);
    else logger.debug(message, details);
    // Those that were under way together fail together, and count as one.
    if (this.#pausedUntilMs > nowMs) return;
    this.#pausedUntilMs = nowMs + Math.min(FIRST_PAUSE_MS * 2 ** this.#failuresInARow, LONGEST_PAUSE_MS);
    this.#failuresInARow += 1;
  }
}

/** Of a recreated Ingress, too, it is another one. */
function contentOf({ ingress, addresses }: StatusWrite): string {
  return JSON.stringify([ingress.uid, addresses]);
}
