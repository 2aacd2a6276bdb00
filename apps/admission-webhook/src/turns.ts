/**
 * Duty: doing one thing after another, the small before the large, with room between any two for what else the process has to
 * do: taking in requests, timers, health checks. Must not know what is done.
 */
import type { Clock } from '@gatehouse/pipeline';

/** A large one gives way to smaller ones that come later, but never by more than a second for each 4 MiB. */
const BYTES_PER_MS = 4096;

/** Between two turns everything else may have as much time as the last one took, within these bounds. */
const BETWEEN_MS = { least: 2, most: 25 };

interface Waiting {
  /** The least has the next turn. */
  readonly dueMs: number;
  readonly begin: () => void;
}

export interface Work<T> {
  /** How much there is to do. */
  readonly bytes: number;
  /** When it is aborted before the turn has come, nothing is done. */
  readonly signal: AbortSignal;
  /** Synchronous. */
  readonly act: () => T;
}

export class Turns {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #waiting = new Set<Waiting>();
  #isUnderWay = false;
  #lastTookMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** What `act` returned or threw, when its turn has come; or rejects with the reason of `signal`. */
  wait<T>({ bytes, signal, act }: Work<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const waiting: Waiting = {
        dueMs: this.#clock.monotonicMs() + bytes / BYTES_PER_MS,
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve(new Promise((done) => done(act())));
        },
      };
      const leave = (): void => {
        this.#waiting.delete(waiting);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiting);
      this.#goOn();
    });
  }

  #goOn(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const untilMs = this.#clock.monotonicMs() + Math.min(Math.max(BETWEEN_MS.least, this.#lastTookMs), BETWEEN_MS.most);
    this.#afterArrivals(untilMs, () => {
      this.#isUnderWay = false;
      const next = this.#next();
      if (next === undefined) return;
      this.#waiting.delete(next);
      const beganMs = this.#clock.monotonicMs();
      next.begin();
      this.#lastTookMs = this.#clock.monotonicMs() - beganMs;
      if (this.#waiting.size > 0) this.#goOn();
    });
  }

  /**
   * Each round of the event loop takes in one new connection and a piece of each request, and only what was taken in has a
   * deadline and an order. So the rounds go on until one finds nothing new, though not for ever.
   */
  #afterArrivals(untilMs: number, act: () => void): void {
    const { events } = performance.nodeTiming.uvMetricsInfo;
    setImmediate(() => {
      const hasNew = performance.nodeTiming.uvMetricsInfo.events !== events;
      if (hasNew && this.#clock.monotonicMs() < untilMs) this.#afterArrivals(untilMs, act);
      else act();
    });
  }

  #next(): Waiting | undefined {
    let next: Waiting | undefined;
    for (const waiting of this.#waiting) if (next === undefined || waiting.dueMs < next.dueMs) next = waiting;
    return next;
  }
}
