/**
 * Duty: time that only moves when a test says so.
 */
import type { Clock } from '@gatehouse/pipeline';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that starts at 0 (monotonic) and at 2026-01-01 (wall time). */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  readonly #timers = new Set<Timer>();

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  nowMs(): number {
    return Date.UTC(2026, 0, 1) + this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.#elapsedMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Lets time pass; what falls due is called at its moment, and promises get their turn after each. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#elapsedMs + byMs;
    await settle();
    for (let next = this.#nextBy(untilMs); next !== undefined; next = this.#nextBy(untilMs)) {
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.#elapsedMs = untilMs;
  }

  #nextBy(untilMs: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.dueMs <= untilMs);
    return due.sort((a, b) => a.dueMs - b.dueMs)[0];
  }
}

/** Resolves when all promises that can go on have gone on. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
