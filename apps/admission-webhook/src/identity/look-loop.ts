/**
 * Duty: looking again and again, one look at a time: when it is due, when somebody says so, and with growing pauses while
 * it fails. Must not know what is looked at.
 */
import type { Clock } from '@gatehouse/pipeline';

export interface LookLoopOptions {
  readonly clock: Clock;
  /** A number from 0 (inclusive) to 1, another one each time. */
  readonly jitter: () => number;
  /** Answers after what time to look again, or that it failed. It must not reject. */
  readonly look: () => Promise<number | 'failed'>;
}

const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 15_000;
/** What changes again and again is not looked at more often. */
const SHORTEST_PAUSE_MS = 50;

export class LookLoop {
  readonly #options: LookLoopOptions;
  #isStopped = false;
  #endPause: () => void = () => undefined;
  /** `asked`: look again at once. */
  #state: 'asked' | 'looking' | 'pausing' = 'looking';
  #running: Promise<void> | undefined;

  constructor(options: LookLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be news. */
  wake(): void {
    if (this.#state === 'pausing') this.#endPause();
    this.#state = 'asked';
  }

  /** Resolves when no look is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endPause();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped) {
      this.#state = 'looking';
      const next = await this.#options.look();
      failures = next === 'failed' ? failures + 1 : 0;
      await this.#pause(SHORTEST_PAUSE_MS);
      if (this.#isAsked()) continue;
      this.#state = 'pausing';
      await this.#pause(next === 'failed' ? this.#backoffMs(failures) : next);
    }
  }

  #isAsked(): boolean {
    return this.#state === 'asked';
  }

  #backoffMs(failures: number): number {
    const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 10));
    return longest * (0.5 + this.#options.jitter() / 2);
  }

  #pause(delayMs: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
