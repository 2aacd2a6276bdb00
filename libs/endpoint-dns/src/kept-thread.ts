/**
 * Duty: a thread that is there: one that ends or falls silent is replaced by another. Must not know what it does.
 */
import { Worker } from 'node:worker_threads';

export interface ThreadPlan<Message> {
  readonly name: string;
  readonly module: URL;
  /** What a thread is started with; asked for each. */
  readonly startData: () => unknown;
  /** A thread has to say something now and then, and once as soon as it does its work. */
  readonly onMessage: (message: Message) => void;
  /** Called when a thread has ended without having been told to, before another is started. */
  readonly onFault: (fault: Error) => void;
  /** A thread that has said nothing for twice as long is ended. */
  readonly silenceMs: number;
}

export interface KeptThread {
  /** Reaches the thread that runs now, if any: what must not be lost belongs into `startData` too. */
  post(message: unknown): void;
  close(): Promise<void>;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

/** Resolves when the thread has said something. Throws when it ended before. */
export async function keepThread<Message>(plan: ThreadPlan<Message>): Promise<KeptThread> {
  const keeper = new Keeper(plan);
  await keeper.start();
  return keeper;
}

class Keeper<Message> implements KeptThread {
  readonly #plan: ThreadPlan<Message>;
  #worker: Worker | undefined;
  #silence: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #waitMs = FIRST_WAIT_MS;
  #isClosed = false;

  constructor(plan: ThreadPlan<Message>) {
    this.#plan = plan;
  }

  start(): Promise<void> {
    const { module, name, startData, onMessage } = this.#plan;
    const worker = new Worker(module, { workerData: startData(), name });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let fault = new Error(`the thread ${name} has ended`);
      let hasSpoken = false;
      worker.on('error', (error: unknown) => (fault = new Error(`the thread ${name} has failed`, { cause: error })));
      worker.on('message', (message: Message) => {
        hasSpoken = true;
        resolve();
        this.#listen(worker);
        onMessage(message);
      });
      worker.once('exit', () => {
        clearTimeout(this.#silence);
        if (hasSpoken) this.#startAgain(fault);
        else reject(fault);
      });
    });
  }

  post(message: unknown): void {
    this.#worker?.postMessage(message);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    await this.#worker?.terminate();
  }

  #startAgain(fault: Error): void {
    if (this.#isClosed) return;
    this.#plan.onFault(fault);
    this.#restart = setTimeout(() => {
      this.start().catch((error: unknown) => this.#startAgain(error as Error));
    }, this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  /** Two looks: when this program was busy itself, what the thread has said meanwhile is read between them. */
  #listen(worker: Worker): void {
    const { silenceMs } = this.#plan;
    clearTimeout(this.#silence);
    this.#waitMs = FIRST_WAIT_MS;
    this.#silence = setTimeout(() => {
      this.#silence = setTimeout(() => void worker.terminate(), silenceMs);
    }, silenceMs);
  }
}
