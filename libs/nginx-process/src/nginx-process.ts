/**
 * Duty: the port NginxProcess on a real nginx: write a generation, test it, switch to it, have it run, and go back when
 * any of this fails; and starting nginx again when it ends by itself. One thing at a time. Must not know what is in a
 * configuration.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bundle } from '@gatehouse/nginx';
import type { ApplyResult, Logger, NginxProcess, Refusal, TestResult } from '@gatehouse/pipeline';
import { testConfig } from './config-test.ts';
import { createGenerationStore, type GenerationStore } from './generation-store.ts';
import { NginxRunner } from './nginx-runner.ts';
import { prepareConfig, prepareProxy } from './prepare-runtime.ts';
import { generationConfig, runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';
import { createTaskQueue } from './task-queue.ts';

export interface NginxProcessOptions {
  /** Full path of the nginx program. */
  readonly binary: string;
  /** Absolute; made when missing. Nothing is written outside it. */
  readonly runtimeDirectory: string;
  readonly logger: Logger;
  /** File descriptor that takes the access log, which nginx writes to its standard output; 1 unless given. */
  readonly accessLogDescriptor?: number;
  /** nginx had ended by itself and was started again with the configuration that it had. */
  readonly onRestart?: () => void;
}

const STANDARD_OUTPUT = 1;
const FIRST_RESTART_DELAY_MS = 200;
const LONGEST_RESTART_DELAY_MS = 30_000;
/** An nginx that lived this long is not in a loop of crashes. */
const STEADY_MS = 10_000;

/**
 * Starts nothing yet: the first `apply` does. When the process that called this is killed, nginx goes on serving; the
 * next one for the same directory ends it just before it starts its own.
 */
export function createNginxProcess(options: NginxProcessOptions): NginxProcess {
  return new SupervisedNginx(options);
}

class SupervisedNginx implements NginxProcess {
  readonly #options: NginxProcessOptions;
  readonly #layout: RuntimeLayout;
  readonly #store: GenerationStore;
  readonly #runner: NginxRunner;
  readonly #stopping = new AbortController();
  readonly #inTurn = createTaskQueue();
  #digestBefore: string | undefined;
  #runningBytes = 0;
  #failedStarts = 0;

  constructor(options: NginxProcessOptions) {
    this.#options = options;
    this.#layout = runtimeLayout(options.runtimeDirectory);
    this.#store = createGenerationStore(this.#layout);
    this.#runner = new NginxRunner({
      binary: options.binary,
      layout: this.#layout,
      logger: options.logger,
      accessLogDescriptor: options.accessLogDescriptor ?? STANDARD_OUTPUT,
      stopping: this.#stopping.signal,
      onUnexpectedEnd: (livedMs) => {
        if (livedMs >= STEADY_MS) this.#failedStarts = 0;
        void this.#restartSoon();
      },
    });
  }

  async apply(bundle: Bundle): Promise<ApplyResult> {
    return this.#inTurn(async () => {
      this.#stopping.signal.throwIfAborted();
      if (await this.#runner.isRunning(bundle.digest)) return { kind: 'applied', reloadMs: 0 };
      const tested = await this.#writeAndTest(bundle);
      return tested.kind === 'refused' ? tested : this.#switchTo(bundle);
    });
  }

  async test(bundle: Bundle): Promise<TestResult> {
    return this.#inTurn(async () => {
      this.#stopping.signal.throwIfAborted();
      const result = await this.#writeAndTest(bundle);
      await this.#tidy();
      return result;
    });
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#stopping.signal.aborted && graceMs === 0) this.#runner.cutOff();
    this.#stopping.abort(new Error('nginx is being stopped'));
    await this.#inTurn(() => this.#runner.end(graceMs));
  }

  /** Leaves the files of an accepted configuration for what follows, and none of a refused one. */
  async #writeAndTest(bundle: Bundle): Promise<TestResult> {
    await prepareConfig(this.#layout);
    await prepareProxy(this.#layout, { isRoot: process.getuid?.() === 0 });
    try {
      await this.#store.write(bundle);
      const result = await testConfig({
        binary: this.#options.binary,
        directory: this.#layout.directory,
        configFile: generationConfig(this.#layout, bundle.digest),
        signal: this.#stopping.signal,
      });
      if (result.kind === 'refused') await this.#tidy();
      return result;
    } catch (error) {
      await this.#tidy();
      throw error;
    }
  }

  async #switchTo(bundle: Bundle): Promise<ApplyResult> {
    const before = await this.#store.current();
    const startedMs = performance.now();
    await this.#store.switchTo(bundle.digest);
    const refusal = await this.#runOrGoBack(bundle, before);
    if (refusal !== undefined) return refusal;
    const reloadMs = performance.now() - startedMs;
    if (before !== bundle.digest) this.#digestBefore = before;
    await this.#tidy();
    return { kind: 'applied', reloadMs };
  }

  async #runOrGoBack(bundle: Bundle, before: string | undefined): Promise<Refusal | undefined> {
    const goBack = async () => {
      await this.#store.switchTo(before);
      await this.#tidy();
    };
    try {
      const bytes = sizeOf(bundle);
      const refusal = await this.#runner.run({ digest: bundle.digest, bytes });
      if (refusal === undefined) this.#runningBytes = bytes;
      else await goBack();
      return refusal;
    } catch (error) {
      await goBack();
      // It may yet come to what it was told to load.
      this.#runner.reloadUnproven();
      throw error;
    }
  }

  /** What is not needed any more stands in nobody's way, so failing at this is no failure of anything else. */
  async #tidy(): Promise<void> {
    try {
      await this.#store.keepOnly([await this.#store.current(), this.#digestBefore]);
    } catch (error) {
      this.#options.logger.warn('Old generations could not be removed', { error });
    }
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
    const digest = await this.#store.current();
    if (digest === undefined || this.#runner.isAlive) return;
    await this.#runner.run({ digest, bytes: this.#runningBytes });
    this.#options.logger.warn('nginx was started again', { digest });
    this.#options.onRestart?.();
  }
}

function sizeOf(bundle: Bundle): number {
  return [...bundle.files.values()].reduce((sum, text) => sum + text.length, 0);
}
