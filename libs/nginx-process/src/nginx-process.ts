/**
 * Duty: the port NginxProcess: write a generation, have it tested, switch to it, have it run, and go back when any of
 * this fails. One thing at a time. Must not know what is in a configuration, nor how nginx is run.
 */
import type { Bundle } from '@gatehouse/nginx';
import type { ApplyResult, Logger, NginxProcess, Refusal, TestResult } from '@gatehouse/pipeline';
import { createGenerationStore, type GenerationStore } from './generation-store.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';
import { prepareConfig } from './prepare-runtime.ts';
import { runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';
import { createTaskQueue } from './task-queue.ts';

export interface NginxProcessOptions {
  /** Absolute. Nothing is written but in its parts `config` and `keys`, which are made when missing. */
  readonly runtimeDirectory: string;
  readonly supervisor: NginxSupervisor;
  readonly logger: Logger;
}

/** Starts nothing yet: the first `apply` does. */
export function createNginxProcess(options: NginxProcessOptions): NginxProcess {
  return new ProvenNginx(options);
}

class ProvenNginx implements NginxProcess {
  readonly #options: NginxProcessOptions;
  readonly #layout: RuntimeLayout;
  readonly #store: GenerationStore;
  readonly #supervisor: NginxSupervisor;
  readonly #inTurn = createTaskQueue();
  #isStopping = false;
  #digestBefore: string | undefined;

  constructor(options: NginxProcessOptions) {
    this.#options = options;
    this.#layout = runtimeLayout(options.runtimeDirectory);
    this.#store = createGenerationStore(this.#layout);
    this.#supervisor = options.supervisor;
  }

  async apply(bundle: Bundle): Promise<ApplyResult> {
    return this.#inTurn(async () => {
      this.#throwIfStopping();
      if (await this.#isDone(bundle)) return { kind: 'applied', reloadMs: 0 };
      const tested = await this.#writeAndTest(bundle);
      return tested.kind === 'refused' ? tested : this.#switchTo(bundle);
    });
  }

  async test(bundle: Bundle): Promise<TestResult> {
    return this.#inTurn(async () => {
      this.#throwIfStopping();
      const result = await this.#writeAndTest(bundle);
      await this.#tidy();
      return result;
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    await this.#supervisor.stop(graceMs);
    await this.#inTurn(() => Promise.resolve());
  }

  #throwIfStopping(): void {
    if (this.#isStopping) throw new Error('nginx is being stopped');
  }

  /** Whether nginx runs it, and would again after a crash. */
  async #isDone(bundle: Bundle): Promise<boolean> {
    return (await this.#store.isCurrent(bundle)) && (await this.#supervisor.running()) === bundle.digest;
  }

  /** Leaves the files of an accepted configuration for what follows, and none of a refused one. */
  async #writeAndTest(bundle: Bundle): Promise<TestResult> {
    await prepareConfig(this.#layout);
    try {
      await this.#store.write(bundle);
      const result = await this.#supervisor.test(bundle.digest);
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

  async #runOrGoBack({ digest }: Bundle, before: string | undefined): Promise<Refusal | undefined> {
    const goBack = async () => {
      await this.#store.switchTo(before);
      await this.#tidy();
    };
    try {
      const refusal = await this.#supervisor.run(digest);
      if (refusal !== undefined) await goBack();
      return refusal;
    } catch (error) {
      await goBack();
      // It may yet come to what it was told to load.
      await this.#supervisor.reloadUnproven();
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
}
