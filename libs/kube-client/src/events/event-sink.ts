/**
 * Duty: telling Events to the API server, beside everything else: whoever records one goes on at once, and no fault of the
 * server reaches it. Must not know which Events there are, nor why.
 */
import type { ObjectRef } from '@gatehouse/core';
import type { Clock, EventRecord, EventSink, Logger } from '@gatehouse/pipeline';
import { apiPath } from '../api-path.ts';
import { askOnce, hasStatus, MERGE_PATCH } from '../ask.ts';
import { KubeApiError, type KubeApi } from '../kube-api.ts';
import { readOwnPod } from '../publish/replicas.ts';
import { RecentMap } from '../recent-map.ts';
import { EventQueue, type EventSeries } from './event-queue.ts';
import { eventName, eventNamespace, renderEvent, renderSeriesPatch, type EventShape } from './render-event.ts';
import { TokenBucket, type BucketShape } from './token-bucket.ts';

export interface KubeEventSinkOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Our own. */
  readonly pod: { readonly namespace: string; readonly name: string };
  /**
   * Asked right before an Event is sent: whether it is ours to send. Undefined: that is not known yet, and all wait.
   * Left out: every one is.
   */
  readonly isAllowed?: (event: EventRecord) => boolean | undefined;
}

export interface KubeEventSink extends EventSink {
  /** Sends what it can within a second or so; the rest is dropped. */
  stop(): Promise<void>;
}

/** As client-go limits the Events of one source about one object. */
const PER_OBJECT: BucketShape = { burst: 25, refillMs: 300_000 };
const IN_ALL: BucketShape = { burst: 100, refillMs: 50 };
const MOST_OBJECTS = 4000;
const FIRST_BACKOFF_MS = 1000;
/** Short, since a Warning is to be seen soon after the server is back; a request now and then is no load. */
const LONGEST_BACKOFF_MS = 8000;
/** However long the server asks to wait. */
const LONGEST_WAIT_MS = 60_000;
/** What could not be told for this long is no news any more. */
const OLDEST_MS = 600_000;
const ASK_AGAIN_MS = 500;
const MOST_FAILURES_OF_A_START = 12;
const STOP_LIMIT_MS = 1500;
const TELL_DROPPED_MS = 60_000;
const REFUSED = 'The API server refuses an Event';

const EVENTS = { root: 'apis/events.k8s.io/v1', plural: 'events' };

/** Needs `create` and `patch` on Events in every namespace of an object, and `get` on our own Pod. */
export function createKubeEventSink(options: KubeEventSinkOptions): KubeEventSink {
  return new QueuedEventSink(options);
}

/** What came of the attempt to send one. */
type Outcome = { readonly kind: 'done' } | { readonly kind: 'wait'; readonly delayMs: number };

const DONE: Outcome = { kind: 'done' };

class QueuedEventSink implements KubeEventSink {
  readonly #options: KubeEventSinkOptions;
  readonly #queue = new EventQueue();
  readonly #buckets = new RecentMap<string, TokenBucket>(MOST_OBJECTS);
  readonly #bucketOfAll: TokenBucket;
  readonly #giveUp = new AbortController();
  #ownUid: string | undefined;
  #failures = 0;
  #isRefused = false;
  #toldDroppedAtMs = -Infinity;
  #isStopping = false;
  #work: Promise<void> | undefined;
  #cancelPause: (() => void) | undefined;

  constructor(options: KubeEventSinkOptions) {
    this.#options = options;
    this.#bucketOfAll = new TokenBucket(IN_ALL, options.clock.monotonicMs());
  }

  record(event: EventRecord): void {
    // An object that could not be read has no name, and there is nothing to attach an Event to.
    if (this.#isStopping || event.object.name === '') return;
    const { clock } = this.#options;
    this.#queue.add(event, { atMs: clock.monotonicMs(), nowMs: clock.nowMs() });
    this.#work ??= this.#drain();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancelPause?.();
    const cancel = this.#options.clock.after(STOP_LIMIT_MS, () => this.#giveUp.abort());
    await this.#work;
    cancel();
  }

  async #drain(): Promise<void> {
    // What is recorded together is counted together first.
    await Promise.resolve();
    for (let series = this.#queue.next(); series !== undefined; series = this.#queue.next()) {
      const outcome = await this.#handle(series);
      this.#tellDropped();
      if (this.#giveUp.signal.aborted) break;
      if (outcome.kind === 'done') continue;
      this.#queue.requeue(series);
      if (this.#isStopping) break;
      await this.#pause(outcome.delayMs);
    }
    this.#work = undefined;
  }

  async #handle(series: EventSeries): Promise<Outcome> {
    const { clock, isAllowed } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - series.seenAtMs > OLDEST_MS) {
      this.#queue.drop(series);
      return DONE;
    }
    if (series.sentCount === series.count) return DONE;
    const allowed = isAllowed === undefined ? true : isAllowed(series.event);
    if (allowed === undefined) return { kind: 'wait', delayMs: ASK_AGAIN_MS };
    if (!allowed) {
      this.#queue.forget(series);
      return DONE;
    }
    const waitMs = this.#bucketOfAll.waitMs(nowMs);
    if (waitMs > 0) return { kind: 'wait', delayMs: waitMs };
    if (!this.#bucketOf(series.event, nowMs).take(nowMs)) {
      // The count of a series is told with a later occurrence; a new Event is lost.
      if (series.sentCount === 0) this.#queue.drop(series);
      return DONE;
    }
    this.#bucketOfAll.take(nowMs);
    return this.#send(series);
  }

  /** Warnings have one of their own, so that an Ingress that is edited again and again still gets them. */
  #bucketOf({ object, type }: EventRecord, nowMs: number): TokenBucket {
    const key = JSON.stringify([object.kind, object.namespace, object.name, type]);
    const bucket = this.#buckets.get(key) ?? new TokenBucket(PER_OBJECT, nowMs);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  async #send(series: EventSeries): Promise<Outcome> {
    const { count } = series;
    try {
      if (series.sentCount > 0) await this.#patch(series);
      else await this.#create(series);
    } catch (error) {
      return this.#failed(series, error);
    }
    this.#failures = 0;
    this.#isRefused = false;
    // An Event is made with one occurrence, whatever came meanwhile.
    series.sentCount = series.sentCount === 0 ? 1 : count;
    if (series.count > series.sentCount) this.#queue.requeue(series);
    return DONE;
  }

  async #create(series: EventSeries): Promise<void> {
    const shape = await this.#shapeOf(series);
    const path = apiPath(EVENTS, { namespace: eventNamespace(series.event) });
    try {
      await this.#ask({ method: 'POST', path, body: renderEvent(shape) });
    } catch (error) {
      // The answer to an earlier attempt got lost.
      if (!hasStatus(error, 409)) throw error;
    }
  }

  async #patch(series: EventSeries): Promise<void> {
    const name = eventName(await this.#shapeOf(series));
    const path = apiPath(EVENTS, { namespace: eventNamespace(series.event), name });
    await this.#ask({
      method: 'PATCH',
      path,
      body: renderSeriesPatch(series.count, series.lastMs),
      contentType: MERGE_PATCH,
    });
  }

  async #ask(request: Parameters<KubeApi['send']>[0]): Promise<void> {
    await askOnce(this.#options, { ...request, signal: this.#giveUp.signal });
  }

  async #shapeOf({ event, firstMs }: EventSeries): Promise<EventShape> {
    const uid = event.uid ?? (await this.#uidOf(event.object));
    return { event, uid, firstMs, instance: this.#options.pod.name };
  }

  /** Nobody but us knows our own Pod; of every other object the one who records it does. */
  async #uidOf(object: ObjectRef): Promise<string> {
    const { pod, logger } = this.#options;
    if (object.kind !== 'Pod' || object.namespace !== pod.namespace || object.name !== pod.name) return '';
    if (this.#ownUid !== undefined) return this.#ownUid;
    try {
      this.#ownUid = (await readOwnPod(this.#options, pod, this.#giveUp.signal)).uid;
    } catch (error) {
      if (!(error instanceof KubeApiError) || (error.status !== 403 && error.status !== 404)) throw error;
      logger.debug('Our own Pod cannot be read; its Events have no uid', { error });
      this.#ownUid = '';
    }
    return this.#ownUid;
  }

  #failed(series: EventSeries, error: unknown): Outcome {
    if (series.sentCount > 0 && hasStatus(error, 404)) {
      // The server has forgotten the Event, as it does after a while: this is a new one.
      Object.assign(series, { firstMs: series.lastMs, count: 1, sentCount: 0 });
      this.#queue.requeue(series);
      return DONE;
    }
    if (error instanceof KubeApiError && isFinal(error) && !this.#isPerhapsStarting(error)) {
      this.#refused(series, error);
      return DONE;
    }
    const { logger } = this.#options;
    const message = 'Events cannot be told to the API server; they wait';
    if (this.#failures === 0 && !this.#giveUp.signal.aborted) logger.warn(message, { error });
    else logger.debug(message, { error });
    const usualMs = Math.min(FIRST_BACKOFF_MS * 2 ** this.#failures, LONGEST_BACKOFF_MS);
    this.#failures += 1;
    const askedMs = error instanceof KubeApiError ? (error.retryAfterMs ?? 0) : 0;
    return { kind: 'wait', delayMs: Math.min(Math.max(askedMs, usualMs), LONGEST_WAIT_MS) };
  }

  /** An API server that has just begun again answers before it knows its roles, and then forbids everything. */
  #isPerhapsStarting({ status }: KubeApiError): boolean {
    return status === 403 && this.#failures > 0 && this.#failures < MOST_FAILURES_OF_A_START;
  }

  #refused(series: EventSeries, error: KubeApiError): void {
    const { logger } = this.#options;
    const { reason, object } = series.event;
    const details = { reason, object, error };
    // A namespace that is being deleted takes no new objects, and one that is gone has none.
    if (error.status === 404 || (error.status === 403 && error.message.includes('being terminated'))) {
      this.#queue.forget(series);
      logger.debug('An Event of a namespace that ends is dropped', details);
      return;
    }
    this.#queue.drop(series);
    if (this.#isRefused) logger.debug(REFUSED, details);
    else logger.warn(REFUSED, details);
    this.#isRefused = true;
  }

  #tellDropped(): void {
    const { clock, logger } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#toldDroppedAtMs < TELL_DROPPED_MS) return;
    const dropped = this.#queue.takeDropped();
    if (dropped === 0) return;
    this.#toldDroppedAtMs = nowMs;
    logger.warn('Events were dropped: there are too many, or they are refused', { dropped });
  }

  async #pause(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#cancelPause = () => {
        cancel();
        resolve();
      };
    });
    this.#cancelPause = undefined;
  }
}

/** Whether it is no use to ask again. A token that has just expired (401) is mended by whoever sends. */
function isFinal({ status }: KubeApiError): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429;
}
