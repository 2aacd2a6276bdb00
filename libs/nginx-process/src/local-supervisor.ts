/**
 * Duty: the port NginxSupervisor on an nginx that is a child of this process, which is started again when it ends by
 * itself. One thing at a time. Must not write a configuration, nor know what is in one.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '@gatehouse/logging';
import {
  isCapReached,
  LONGEST_WAIT_MS,
  type Clock,
  type Draining,
  type EndpointChange,
  type Logger,
  type Refusal,
  type TestResult,
} from '@gatehouse/pipeline';
import { peersOn } from './ask-peers.ts';
import { watchClock } from './clock-watch.ts';
import { testConfig } from './config-test.ts';
import { readCurrent } from './current-generation.ts';
import { EndpointProof, type ProofListeners } from './endpoint-proof.ts';
import type { EndpointSide } from './endpoint-side.ts';
import { NginxRunner } from './nginx-runner.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';
import { prepareProxy } from './prepare-runtime.ts';
import { generationConfig, runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';
import { createTaskQueue } from './task-queue.ts';

export interface LocalSupervisorOptions {
  /** Full path of the nginx program. */
  readonly binary: string;
  /** Absolute. Nothing is written but in its part `proxy`, which is made when missing. */
  readonly runtimeDirectory: string;
  readonly logger: Logger;
  /** File descriptor that takes the access log, which nginx writes to its standard output; 1 unless given. */
  readonly accessLogDescriptor?: number;
  /** Who tells nginx its endpoints; left out: nobody does, and they stand in the configuration. */
  readonly endpoints?: EndpointSide;
  /** nginx had ended by itself and was started again with the configuration that is current. */
  readonly onRestart?: () => void;
  /** So many workers were ended by signals. */
  readonly onWorkerCrashes?: (count: number) => void;
  /** What comes of comparing the endpoints that nginx has with those that it was told. */
  readonly proof?: ProofListeners;
  /** The system's, when left out. */
  readonly clock?: Clock;
}

export interface LocalSupervisor extends NginxSupervisor {
  /** Whether nginx answers clients, be it on its way from one configuration to the next. */
  serves(): Promise<boolean>;
  /** Starts nginx with the current generation, when there is one, without being asked to; tries until it can. */
  resume(): Promise<void>;
}

const STANDARD_OUTPUT = 1;
const FIRST_RESTART_DELAY_MS = 200;
const LONGEST_RESTART_DELAY_MS = 30_000;
/** An nginx that lived this long is not in a loop of crashes. */
const STEADY_MS = 10_000;
const ROOM_POLL_MS = 1000;
const FIRST_RELEARNING_PAUSE_MS = 10_000;
const LONGEST_RELEARNING_PAUSE_MS = 300_000;

/**
 * Starts nothing yet. When the process that called this is killed, nginx goes on serving; the next one for the same
 * directory ends it just before it starts its own.
 */
export function createLocalSupervisor(options: LocalSupervisorOptions): LocalSupervisor {
  return new ChildSupervisor(options);
}

class ChildSupervisor implements LocalSupervisor {
  readonly #options: LocalSupervisorOptions;
  readonly #layout: RuntimeLayout;
  readonly #runner: NginxRunner;
  readonly #stopping = new AbortController();
  readonly #inTurn = createTaskQueue();
  readonly #clock: Clock;
  readonly #proof: EndpointProof | undefined;
  readonly #endClockWatch: (() => void) | undefined;
  #failedStarts = 0;
  /** One that has not begun yet is for all who ask for it. */
  #nextRelearning: Promise<void> | undefined;

  constructor(options: LocalSupervisorOptions) {
    this.#options = options;
    this.#layout = runtimeLayout(options.runtimeDirectory);
    this.#runner = new NginxRunner({
      binary: options.binary,
      layout: this.#layout,
      logger: options.logger,
      accessLogDescriptor: options.accessLogDescriptor ?? STANDARD_OUTPUT,
      ...(options.endpoints === undefined ? {} : { endpoints: options.endpoints }),
      stopping: this.#stopping.signal,
      onWorkerCrashes: (count) => options.onWorkerCrashes?.(count),
      onRelearning: () => options.proof?.onRelearning(1),
      onUnexpectedEnd: (livedMs) => {
        if (livedMs >= STEADY_MS) this.#failedStarts = 0;
        void this.#restartSoon();
      },
    });
    this.#clock = options.clock ?? systemClock;
    this.#proof = this.#beginProof();
    this.#endClockWatch = options.endpoints && watchClock(this.#clock, (byMs) => void this.#noteSetBack(byMs));
  }

  async test(digest: string): Promise<TestResult> {
    return this.#inTurn(async () => {
      await this.#prepare();
      return testConfig({
        binary: this.#options.binary,
        directory: this.#layout.directory,
        configFile: generationConfig(this.#layout, digest),
        signal: this.#stopping.signal,
      });
    });
  }

  async run(digest: string): Promise<Refusal | undefined> {
    return this.#inTurn(async () => {
      const current = await readCurrent(this.#layout);
      if (current !== digest) throw new Error(`the current generation is ${String(current)}, not ${digest}`);
      return this.#run(digest);
    });
  }

  setEndpoints(changes: readonly EndpointChange[]): Promise<void> {
    if (changes.length > 0 && this.#options.endpoints === undefined)
      throw new Error('nobody tells nginx its endpoints');
    this.#options.endpoints?.set(changes);
    this.#proof?.noteChanges(changes.map(({ name }) => name));
    return Promise.resolve();
  }

  async running(): Promise<string | undefined> {
    return this.#runner.running();
  }

  async serves(): Promise<boolean> {
    return this.#runner.serves();
  }

  async draining(): Promise<Draining> {
    return this.#runner.draining();
  }

  async reloadUnproven(): Promise<void> {
    // Not while nginx learns anew: it might lose what it has.
    await this.#inTurn(() => this.#runner.reloadUnproven());
  }

  async resume(): Promise<void> {
    if ((await readCurrent(this.#layout)) !== undefined) await this.#restartSoon();
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#stopping.signal.aborted && graceMs === 0) this.#runner.cutOff();
    this.#proof?.stop();
    this.#endClockWatch?.();
    this.#stopping.abort(new Error('nginx is being stopped'));
    await this.#inTurn(() => this.#runner.end(graceMs));
  }

  #beginProof(): EndpointProof | undefined {
    const { endpoints, logger, proof: listeners } = this.#options;
    if (endpoints?.truth === undefined || listeners === undefined) return undefined;
    return new EndpointProof({
      truth: endpoints.truth,
      compare: peersOn(this.#layout.proofSocket),
      reload: () => this.#relearn(),
      clock: this.#clock,
      logger,
      listeners,
    });
  }

  async #noteSetBack(byMs: number): Promise<void> {
    const { logger } = this.#options;
    logger.warn('The clock was set back; nginx is reloaded some times, so that it asks for endpoints', { byMs });
    // What has not learned by then asks for nothing until it is that late again.
    for (let pauseMs = FIRST_RELEARNING_PAUSE_MS; !(await this.#hasRelearned()); pauseMs *= 2) {
      const restMs = Math.min(pauseMs, LONGEST_RELEARNING_PAUSE_MS);
      await delay(restMs, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  /** Or need not any more, since nginx is being stopped. */
  async #hasRelearned(): Promise<boolean> {
    try {
      await this.#relearn();
      return true;
    } catch (error) {
      const isStopping = this.#stopping.signal.aborted;
      if (!isStopping) this.#options.logger.error('nginx could not be reloaded', { error });
      return isStopping;
    }
  }

  #relearn(): Promise<void> {
    const begin = (): Promise<void> => {
      this.#nextRelearning = undefined;
      return this.#runner.relearn();
    };
    this.#nextRelearning ??= this.#whenRoom().then(() => this.#inTurn(begin));
    return this.#nextRelearning;
  }

  /** Resolves when there are no more old workers than may be while nginx is reloaded, or after a long time. */
  async #whenRoom(): Promise<void> {
    const { signal } = this.#stopping;
    for (const beganMs = performance.now(); performance.now() < beganMs + LONGEST_WAIT_MS;) {
      if (!isCapReached((await this.draining()).generations)) return;
      await delay(ROOM_POLL_MS, undefined, { signal });
    }
  }

  async #prepare(): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    await prepareProxy(this.#layout, { isRoot: process.getuid?.() === 0 });
  }

  async #run(digest: string): Promise<Refusal | undefined> {
    await this.#prepare();
    if ((await this.#runner.running()) === digest) return undefined;
    const { size: bytes } = await stat(generationConfig(this.#layout, digest));
    return this.#runner.run({ digest, bytes });
  }

  async #restartSoon(): Promise<void> {
    const delayMs = this.#failedStarts === 0 ? 0 : FIRST_RESTART_DELAY_MS * 2 ** (this.#failedStarts - 1);
    this.#failedStarts += 1;
    try {
      await delay(Math.min(delayMs, LONGEST_RESTART_DELAY_MS), undefined, { signal: this.#stopping.signal });
      await this.#inTurn(() => this.#restart());
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#options.logger.error('nginx could not be started again', { error });
      void this.#restartSoon();
    }
  }

  async #restart(): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    const digest = await readCurrent(this.#layout);
    if (digest === undefined || this.#runner.isAlive) return;
    const refusal = await this.#run(digest);
    if (refusal !== undefined) throw new Error(`nginx refuses ${digest}: ${refusal.message}`);
    this.#options.logger.warn('nginx was started again', { digest });
    this.#options.onRestart?.();
  }
}
