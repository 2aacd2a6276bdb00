/**
 * Duty: work that nobody waits for, one piece at a time, so that it never takes more than one thread from the answers.
 */
import type { Logger } from '@gatehouse/pipeline';

/** What is asked for beyond this is not done; whoever needs it asks again. What waits holds a page, which can be large. */
const MOST_WAITING = 16;

export class BackgroundQueue {
  readonly #logger: Logger;
  readonly #waiting: (() => Promise<void>)[] = [];
  #isWorking = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whether it will be done; false when too much is waiting. */
  add(work: () => Promise<void>): boolean {
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(work);
    if (!this.#isWorking) void this.#workOff();
    return true;
  }

  async #workOff(): Promise<void> {
    this.#isWorking = true;
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
      await work().catch((error: unknown) => this.#logger.error('a page could not be compressed', { error }));
    }
    this.#isWorking = false;
  }
}
