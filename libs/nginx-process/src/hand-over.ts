/**
 * Duty: the moment of a reload when new workers take over from old ones. For 100 ms both answer: nginx starts the new
 * ones, sleeps, and only then tells the old ones to go. This tells them sooner, and knows when they have stopped
 * listening. Where there is no /proc it does nothing.
 *
 * It is safe at any time: listening sockets are shared, so that connections wait in their queue whoever is gone; and a
 * master that sleeps learns of ended workers only after it has itself told them to go, so that it replaces none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError } from './system-error.ts';
import { listChildren, workerState } from './worker-processes.ts';

/** So long a worker that is too busy to stop listening is waited for. */
const LONGEST_FAREWELL_MS = 1_000;
const POLL_MS = 1;

export class HandOver {
  readonly #master: number;
  readonly #oldWorkers: readonly number[];
  #isTold = false;

  private constructor(master: number, oldWorkers: readonly number[]) {
    this.#master = master;
    this.#oldWorkers = oldWorkers;
  }

  /** To be called before nginx is told to reload. */
  static async begin(master: number): Promise<HandOver> {
    return new HandOver(master, await listChildren(master));
  }

  /** Tells the old workers to go, once, when new ones are there. */
  async hasten(): Promise<void> {
    if (this.#isTold) return;
    const workers = await listChildren(this.#master);
    if (workers.every((worker) => this.#oldWorkers.includes(worker))) return;
    this.#isTold = true;
    for (const worker of workers) if (this.#oldWorkers.includes(worker)) tellToGo(worker);
  }

  /** Resolves when no old worker takes connections any more. */
  async finish(): Promise<void> {
    const deadlineMs = performance.now() + LONGEST_FAREWELL_MS;
    while (!(await haveStoppedListening(this.#oldWorkers)) && performance.now() < deadlineMs) {
      await this.hasten();
      await delay(POLL_MS);
    }
  }
}

async function haveStoppedListening(workers: readonly number[]): Promise<boolean> {
  const states = await Promise.all(workers.map(workerState));
  return !states.includes('listening');
}

function tellToGo(worker: number): void {
  try {
    process.kill(worker, 'SIGQUIT');
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error;
  }
}
