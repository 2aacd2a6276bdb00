/**
 * Duty: a number of places that are taken and given back; who finds none waits in line, as long as it wants to.
 */

export class Places {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves, when there is a place, with what gives it back. Rejects with the reason of `signal` when that comes first. */
  take(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const enter = (): void => {
        this.#waiting.delete(enter);
        signal.removeEventListener('abort', leave);
        this.#free -= 1;
        resolve(() => this.#giveBack());
      };
      const leave = (): void => {
        this.#waiting.delete(enter);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      if (this.#free > 0) enter();
      else this.#waiting.add(enter);
    });
  }

  #giveBack(): void {
    this.#free += 1;
    const [next] = this.#waiting;
    next?.();
  }
}
