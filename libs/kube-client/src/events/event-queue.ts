/**
 * Duty: which Event is to be sent next: occurrences of the same are counted together, Warnings go first, namespaces take
 * turns, and what is too much is dropped. Must not know how Events are sent.
 */
import type { EventRecord } from '@gatehouse/pipeline';
import { RecentMap } from '../recent-map.ts';
import { FairQueue } from './fair-queue.ts';
import { identify } from './render-event.ts';

/** Occurrences of the same Event. */
export interface EventSeries {
  readonly key: string;
  readonly event: EventRecord;
  /** Wall time of the occurrence that is, or will be, at the server. */
  firstMs: number;
  /** Wall time. */
  lastMs: number;
  /** Monotonic time of the last occurrence. */
  seenAtMs: number;
  count: number;
  /** How many of them the server knows of; 0: there is no such Event yet. */
  sentCount: number;
  isQueued: boolean;
}

/** Each with its own limit, so that Normal Events cannot push out Warnings. */
const MOST_WAITING = 2000;
const MOST_REMEMBERED = 4000;
/** After this long without an occurrence the next one is told as a new Event; the server keeps one for an hour. */
const SERIES_MS = 1_800_000;

export class EventQueue {
  readonly #series = new RecentMap<string, EventSeries>(MOST_REMEMBERED);
  readonly #waiting: Readonly<Record<EventRecord['type'], FairQueue<EventSeries>>> = {
    Warning: new FairQueue(MOST_WAITING, namespaceOf),
    Normal: new FairQueue(MOST_WAITING, namespaceOf),
  };
  #dropped = 0;

  /** Adds an occurrence. */
  add(event: EventRecord, time: { readonly atMs: number; readonly nowMs: number }): void {
    const key = identify(event, event.uid ?? '');
    const known = this.#series.get(key);
    const isOld = known !== undefined && time.atMs - known.seenAtMs > SERIES_MS && !known.isQueued;
    const series = known !== undefined && !isOld ? known : aSeries(key, event, time.nowMs);
    series.count += 1;
    series.lastMs = time.nowMs;
    series.seenAtMs = time.atMs;
    this.#series.set(key, series);
    this.requeue(series);
  }

  /** Takes the next one out. */
  next(): EventSeries | undefined {
    const series = this.#waiting.Warning.next() ?? this.#waiting.Normal.next();
    if (series !== undefined) series.isQueued = false;
    return series;
  }

  /** Puts it at the end of those of its namespace, if it is not there. */
  requeue(series: EventSeries): void {
    if (series.isQueued) return;
    series.isQueued = true;
    const tooMuch = this.#waiting[series.event.type].add(series);
    if (tooMuch === undefined) return;
    tooMuch.isQueued = false;
    this.drop(tooMuch);
  }

  /** Forgets it, so that the next occurrence is told anew, and counts it as lost. */
  drop(series: EventSeries): void {
    this.forget(series);
    this.#dropped += 1;
  }

  /** Forgets it, so that the next occurrence is told anew. */
  forget(series: EventSeries): void {
    if (this.#series.get(series.key) === series) this.#series.delete(series.key);
  }

  /** How many were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}

/** Whoever writes objects in one namespace makes nobody of another wait. */
function namespaceOf({ event }: EventSeries): string {
  return event.object.namespace;
}

function aSeries(key: string, event: EventRecord, nowMs: number): EventSeries {
  return { key, event, firstMs: nowMs, lastMs: nowMs, seenAtMs: 0, count: 0, sentCount: 0, isQueued: false };
}
