/**
 * Duty: letting answers out no faster than nginx takes them. It sends all queries of a start in one turn of its loop, and
 * its socket has room for some hundred answers; what does not fit is asked again five seconds later.
 */
/** Its socket holds some 250 answers: so it may be kept from its processor for 15 ms. */
const PER_TICK = 16;
const TICK_MS = 1;

export class PacedQueue {
  #waiting: (() => void)[] = [];
  #room = PER_TICK;
  #timer: NodeJS.Timeout | undefined;

  /** Calls `send` now when there is room, else in its turn. */
  add(send: () => void): void {
    this.#waiting.push(send);
    if (this.#room > 0 && this.#waiting.length === 1) this.#drain();
  }

  /** Drops what waits. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #drain(): void {
    const now = this.#waiting.splice(0, this.#room);
    this.#room -= now.length;
    this.#timer ??= setTimeout(() => this.#tick(), TICK_MS);
    for (const send of now) send();
  }

  #tick(): void {
    this.#timer = undefined;
    this.#room = PER_TICK;
    if (this.#waiting.length > 0) this.#drain();
  }
}
