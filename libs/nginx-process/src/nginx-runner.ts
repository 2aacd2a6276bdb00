/**
 * Duty: an nginx that runs what `current` leads to, and the proof of it. Must not know how a generation got there, nor
 * what is done when nginx ends by itself.
 */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Draining, Logger, Refusal } from '@gatehouse/pipeline';
import type { EndpointSide } from './endpoint-side.ts';
import { HandOver } from './hand-over.ts';
import { endLeftovers } from './leftover-processes.ts';
import { NginxChild } from './nginx-child.ts';
import { learnAnew, TELLING_MS, type Passed, type ToLearn } from './learn-anew.ts';
import { questionsBetween, readLearning, type Learning } from './learning.ts';
import { linkTo } from './link-to.ts';
import { askDigest } from './proof.ts';
import { proveRunning, type Target } from './prove-running.ts';
import { relearningSteps, type RelearningStep } from './relearning.ts';
import { bridgeConfig, generationConfig, generationStartConfig, type RuntimeLayout } from './runtime-layout.ts';
import { removeTraces } from './traces.ts';
import { WorkerGenerations } from './worker-generations.ts';

export interface NginxRunnerOptions {
  readonly binary: string;
  readonly layout: RuntimeLayout;
  readonly logger: Logger;
  readonly accessLogDescriptor: number;
  /** Who tells nginx its endpoints, when they do not stand in the configuration. */
  readonly endpoints?: EndpointSide;
  /** Ends every waiting. */
  readonly stopping: AbortSignal;
  /** So many workers were ended by signals. */
  readonly onWorkerCrashes: (count: number) => void;
  /** nginx was reloaded, so that it asks for endpoints anew. */
  readonly onRelearning: () => void;
  /** nginx' master ended although nobody asked it to. */
  readonly onUnexpectedEnd: (livedMs: number) => void;
}

const ASK_TIMEOUT_MS = 1_000;

export class NginxRunner {
  readonly #options: NginxRunnerOptions;
  #child: NginxChild | undefined;
  /** Of the child's workers. */
  #generations: WorkerGenerations | undefined;
  #endingChild: NginxChild | undefined;
  #hasStarted = false;
  #startedMs = 0;
  #digest: string | undefined;
  /** Of what runs. */
  #learned: Learning = readLearning('');

  constructor(options: NginxRunnerOptions) {
    this.#options = options;
  }

  get isAlive(): boolean {
    return this.#child !== undefined;
  }

  /** The digest that was asked for last, when nginx answers with it this very moment. */
  async running(): Promise<string | undefined> {
    const digest = this.#digest;
    return this.isAlive && digest !== undefined && (await this.#ask()) === digest ? digest : undefined;
  }

  async draining(): Promise<Draining> {
    return (await this.#generations?.count()) ?? { workers: 0, generations: 0 };
  }

  /** Whether nginx answers clients, with what it was asked to run last or is on its way from. */
  async serves(): Promise<boolean> {
    return this.isAlive && this.#digest !== undefined && (await this.#ask()) !== undefined;
  }

  /**
   * Makes nginx run `current`: reloads it, or starts it when it does not run. Resolves with nothing when it answers
   * with the digest and no process takes connections for what ran before. Throws when the machine does not let it; nginx
   * then runs what it ran before, or not at all.
   */
  async run(target: Target): Promise<Refusal | undefined> {
    const running = this.#child;
    const refusal = running === undefined ? await this.#start(target) : await this.#reload(running, target);
    if (refusal === undefined) this.#digest = target.digest;
    return refusal;
  }

  /** Has nginx ask for all endpoints anew, whenever it meant to ask next, while it serves with those that it has. */
  async relearn(): Promise<void> {
    const { layout, logger, endpoints } = this.#options;
    const [child, digest] = [this.#child, this.#digest];
    if (child === undefined || digest === undefined || endpoints === undefined) return;
    // `current` may lead elsewhere already: to what is to run next.
    const config = await readFile(generationConfig(layout, digest), 'utf8');
    const steps = relearningSteps(config, digest);
    if (steps === undefined) return;
    if ((await this.running()) !== digest) await this.#runAgain(child, digest);
    const go = async ({ text, proof, learns }: RelearningStep, tellingMs: number): Promise<Passed> => {
      await writeFile(layout.relearningConfig, text, { mode: 0o600 });
      await linkTo(layout.runningConfig, layout.relearningConfig);
      const passed = await this.#pass(child, { digest: proof, bytes: text.length }, { questions: learns, tellingMs });
      if (typeof passed === 'string') this.#options.onRelearning();
      return passed;
    };
    const pause = async (): Promise<void> => {
      if (child.ending !== undefined) throw new Error(`nginx ended: ${child.ending}`);
      await delay(ASK_TIMEOUT_MS, undefined, { signal: this.#options.stopping });
    };
    try {
      await learnAnew(steps, { go, pause, logger });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`nginx did not ask for endpoints anew: ${reason}`, { cause });
    } finally {
      await this.#linkToCurrent();
      await rm(layout.relearningConfig, { force: true });
    }
  }

  /** Cuts off the requests that an nginx which is ending still waits for. */
  cutOff(): void {
    this.#endingChild?.terminate();
  }

  /** Makes a living nginx read `current` again, without waiting for what comes of it. */
  async reloadUnproven(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    await this.#generations?.noteReload();
    await this.#linkToCurrent();
    // What it knows then is not known.
    this.#learned = readLearning('');
    child.reload();
  }

  /** Ends nginx; resolves when no process and no socket of it is left. */
  async end(graceMs: number): Promise<void> {
    this.#endingChild = this.#forgetChild();
    await this.#endingChild?.end(graceMs);
    if (!this.#hasStarted) return;
    // Workers of a master that ended by itself.
    await endLeftovers(this.#options.layout);
    await removeTraces(this.#options.layout);
  }

  async #start(target: Target): Promise<Refusal | undefined> {
    const { layout, logger } = this.#options;
    const ended = await endLeftovers(layout);
    if (ended.length > 0) logger.warn('Processes of an earlier nginx were ended', { pids: ended });
    await removeTraces(layout);
    this.#hasStarted = true;
    // Not by way of `current`, which may lead elsewhere by the time that nginx reads it.
    const config = generationConfig(layout, target.digest);
    const startConfig = generationStartConfig(layout, target.digest);
    const questions = [...(await this.#learningIn(startConfig)).questions];
    await linkTo(layout.runningConfig, questions.length === 0 ? config : startConfig);
    const told = this.#options.endpoints?.watchTelling(questions, TELLING_MS);
    const child = new NginxChild(this.#options);
    try {
      if (questions.length > 0) await this.#warmUp(child, { target, told });
      const refusal = await this.#prove(child, target);
      if (refusal !== undefined) throw new Error(`nginx did not start: ${refusal.message}`);
    } catch (error) {
      await child.end(0);
      await removeTraces(layout);
      throw error;
    }
    this.#child = child;
    this.#generations = new WorkerGenerations(child.id);
    this.#learned = await this.#learningIn(config);
    this.#startedMs = performance.now();
    void child.exited.then(() => this.#noteUnexpectedEnd(child));
    return undefined;
  }

  /** What nginx learns by DNS while it runs `config`, and what it knows already. */
  async #learningIn(config: string): Promise<Learning> {
    if (this.#options.endpoints === undefined) return readLearning('');
    return readLearning(await readFile(config, 'utf8').catch(() => ''));
  }

  /**
   * Lets nginx learn endpoints while nobody can ask it for anything, then has it listen: a reload takes along what upstreams
   * of the same name know.
   */
  async #warmUp(
    child: NginxChild,
    { target, told }: { readonly target: Target; readonly told: Promise<boolean> | undefined },
  ): Promise<void> {
    const { layout, logger } = this.#options;
    const refusal = await this.#prove(child, { ...target, digest: `starting ${target.digest}` });
    if (refusal !== undefined) throw new Error(`nginx did not start: ${refusal.message}`);
    if ((await told) !== true) logger.warn('nginx serves before it knows all endpoints: telling them took too long');
    await linkTo(layout.runningConfig, generationConfig(layout, target.digest));
    child.reload();
  }

  /**
   * Lets nginx learn the endpoints of new upstreams while it serves what it served before. When that fails, they have none
   * for a moment, and nothing else is lost.
   */
  async #cross(
    child: NginxChild,
    { bridge, target }: { readonly bridge: string; readonly target: Target },
  ): Promise<void> {
    const { layout, logger } = this.#options;
    const learning = await this.#learningIn(bridge);
    await linkTo(layout.runningConfig, bridge);
    try {
      const questions = questionsBetween(this.#learned, learning);
      const passed = await this.#pass(child, { ...target, digest: `starting ${target.digest}` }, { questions });
      if (typeof passed === 'string') this.#learned = learning;
      else logger.warn('nginx could not learn endpoints beforehand', { ...passed });
    } finally {
      await this.#linkToCurrent();
    }
  }

  /** For the next reload, whatever nginx was started with or is on its way by. */
  async #linkToCurrent(): Promise<void> {
    const { runningConfig, currentConfig } = this.#options.layout;
    await linkTo(runningConfig, currentConfig);
  }

  /** Reloads nginx, and waits until all its questions were answered; without any: until it serves. */
  async #pass(child: NginxChild, target: Target, { questions, tellingMs = TELLING_MS }: ToLearn): Promise<Passed> {
    const { endpoints, stopping } = this.#options;
    const told = questions.length === 0 ? undefined : endpoints?.watchTelling(questions, tellingMs);
    await this.#generations?.noteReload();
    const handOver = await HandOver.begin(child.id);
    child.forgetEmergencies();
    child.reload();
    const refusal = await this.#prove(child, target, () => handOver.hasten());
    if (refusal !== undefined) return refusal;
    await handOver.finish();
    if (told === undefined) return 'told';
    const isOver = Promise.race([child.exited, delay(tellingMs, undefined, { signal: stopping, ref: false })]);
    return (await Promise.race([told, isOver.then(() => false)])) ? 'told' : 'not told';
  }

  /** Brings nginx to what it was to run last, wherever it stands between that and something else. */
  async #runAgain(child: NginxChild, digest: string): Promise<void> {
    const { layout } = this.#options;
    const config = generationConfig(layout, digest);
    const { size: bytes } = await stat(config);
    await linkTo(layout.runningConfig, config);
    try {
      const passed = await this.#pass(child, { digest, bytes }, { questions: [] });
      if (typeof passed !== 'string') throw new Error(`nginx does not run ${digest}: ${passed.message}`);
      this.#learned = await this.#learningIn(config);
    } finally {
      await this.#linkToCurrent();
    }
  }

  async #reload(child: NginxChild, target: Target): Promise<Refusal | undefined> {
    const { layout, logger } = this.#options;
    await this.#linkToCurrent();
    // From where nginx is, not from where it is thought to be: nobody is to be served with what was before that.
    const from = this.#digest;
    const bridge = from === undefined ? '' : bridgeConfig(layout, { from, to: target.digest });
    const isOnTheWay = (await this.#learningIn(bridge)).names.size > 0;
    if (isOnTheWay) await this.#cross(child, { bridge, target });
    const learning = await this.#learningIn(layout.currentConfig);
    // A reload takes along what upstreams of the same name know; others have no endpoints until they are told some.
    const questions = questionsBetween(this.#learned, learning);
    const passed = await this.#pass(child, target, { questions });
    if (typeof passed === 'string') {
      this.#learned = learning;
      return undefined;
    }
    if (isOnTheWay && from !== undefined) {
      await this.#runAgain(child, from).catch((error: unknown) => {
        logger.warn('nginx is left on its way to a configuration that it refused', { error });
      });
    }
    return passed;
  }

  #prove(child: NginxChild, target: Target, meanwhile?: () => Promise<void>): Promise<Refusal | undefined> {
    const { layout, stopping } = this.#options;
    const order = this.isAlive ? 'reload' : 'start';
    return proveRunning(child, target, { order, layout, signal: stopping, meanwhile });
  }

  #noteUnexpectedEnd(child: NginxChild): void {
    if (this.#child !== child) return;
    // Its workers serve on until the next start.
    this.#forgetChild();
    this.#options.logger.error('nginx ended by itself', { how: child.ending });
    this.#options.onUnexpectedEnd(performance.now() - this.#startedMs);
  }

  #forgetChild(): NginxChild | undefined {
    const child = this.#child;
    this.#child = undefined;
    this.#generations = undefined;
    this.#digest = undefined;
    return child;
  }

  async #ask(): Promise<string | undefined> {
    return askDigest(this.#options.layout.proofSocket, ASK_TIMEOUT_MS);
  }
}
