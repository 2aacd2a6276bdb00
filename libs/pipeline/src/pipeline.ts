/**
 * Duty: the interpreter of the loop: it listens to the source, keeps the timer, runs rounds, and tells what came of
 * them. Must not decide when a round is due (loop.ts) nor what happens in one (round.ts).
 */
import type { ObjectRef } from '@gatehouse/core';
import type { StatusAddress } from '@gatehouse/kube-model';
import { EndpointLane, type EndpointLaneOptions } from './endpoint-lane.ts';
import { createPortGuard, type PortGuard } from './port-guard.ts';
import { planStatus } from '@gatehouse/routing';
import { initialLoopState, step, type LoopEffect, type LoopEvent, type LoopState } from './loop.ts';
import { nothingTold, planEvents, planReloadEvent, type Told } from './plan-events.ts';
import type { ChangeKind, EventSink, Logger, ObjectSource, StatusSink } from './ports.ts';
import { isCapReached, type ReloadLimit } from './reload-spacing.ts';
import { emptyRoundMemory, runRound, type Round, type RoundMemory, type RoundPorts } from './round.ts';
import { createStatusWriter, type StatusWriter } from './status-writer.ts';

export interface PipelineOptions extends Omit<RoundPorts, 'noteReload' | 'tellEndpoints'> {
  readonly source: ObjectSource;
  readonly logger: Logger;
  readonly events: EventSink;
  /** As Resolver has it. Pure. Left out: endpoints that come by DNS wait for rounds. */
  readonly relink?: EndpointLaneOptions['relink'];
  /** Left out: no status is written. */
  readonly status?: StatusOptions;
  /** Our own; it is told of every reload. */
  readonly pod?: ObjectRef;
  /** A number from 0 (inclusive) to 1, another one each time; it spreads retries. */
  readonly jitter: () => number;
  /** Told of every round that reached its end, after its Events and before its status is written. */
  readonly onRound?: (round: Round) => void;
  /** Told of every round that a fault of the machine ended; it is tried again. */
  readonly onFault?: (error: unknown) => void;
}

export interface StatusOptions {
  readonly sink: StatusSink;
  /**
   * Where the proxy can be reached now: what every status should say. Undefined while nothing is to be written: somebody
   * else does, or the addresses are not known.
   */
  readonly addresses: () => readonly StatusAddress[] | undefined;
}

export interface Pipeline {
  /** Resolves when the first whole state is known; its configuration is then being applied. */
  start(): Promise<void>;
  /** nginx was started again by its supervisor: look whether it runs what it should. */
  nginxRestarted(): void;
  /** The addresses, or whether we are to write them, may have changed: every status is looked at again. */
  refreshStatus(): void;
  /** Empties the status of every Ingress that is served; from then on no other is written. Resolves when it is tried. */
  clearStatus(): Promise<void>;
  /** Ends watching, then nginx with `graceMs` for its requests; called again with 0, it cuts them off. Resolves when nothing is left under way. */
  stop(graceMs: number): Promise<void>;
}

export function createPipeline(options: PipelineOptions): Pipeline {
  return new LoopInterpreter(options);
}

class LoopInterpreter implements Pipeline {
  readonly #options: PipelineOptions;
  readonly #statusWriter: StatusWriter | undefined;
  #state: LoopState = initialLoopState;
  #memory: RoundMemory = emptyRoundMemory;
  #told: Told = nothingTold;
  /** The last one whose configuration runs. */
  #lastRound: Round | undefined;
  /** The digest that the log said to wait for old workers. */
  #saidToWait: string | undefined;
  /** How long old workers may live since the round that is under way had nginx reload, however it ends. */
  #drainsForMs: number | undefined;
  #isStatusCleared = false;
  /** Whether nginx ever took a configuration: it then runs the last good one, whatever comes. */
  #hasServed = false;
  #cancelTimer: (() => void) | undefined;
  readonly #guard: PortGuard;
  readonly #lane: EndpointLane;
  #round: Promise<void> = Promise.resolve();

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#guard = createPortGuard(options.resolve);
    this.#lane = new EndpointLane({
      relink: (backend) => backend,
      ...options,
      snapshot: () => options.source.snapshot(),
    });
    const { status, logger, clock } = options;
    this.#statusWriter = status && createStatusWriter({ sink: status.sink, logger, clock });
  }

  async start(): Promise<void> {
    const changed = (of: ChangeKind) => {
      this.#lane.look();
      this.#dispatch({ kind: 'changed', of, atMs: this.#nowMs() });
    };
    let known = false;
    await this.#options.source.start((of = 'structure') => {
      if (known) changed(of);
    });
    known = true;
    changed('structure');
  }

  nginxRestarted(): void {
    this.#forgetRunning();
    this.#dispatch({ kind: 'restarted', atMs: this.#nowMs() });
  }

  refreshStatus(): void {
    this.#statusWriter?.forget();
    this.#writeStatus();
  }

  async clearStatus(): Promise<void> {
    this.#isStatusCleared = true;
    this.#statusWriter?.write(planStatus({ served: this.#lastRound?.served ?? [] }, []));
    await this.#statusWriter?.settled();
  }

  async stop(graceMs: number): Promise<void> {
    this.#dispatch({ kind: 'stop' });
    this.#lane.stop();
    await this.#options.source.stop();
    await this.#options.nginx.stop(graceMs);
    await this.#round;
    await this.#statusWriter?.stop();
  }

  #dispatch(event: LoopEvent): void {
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: LoopEffect): void {
    switch (effect.kind) {
      case 'setTimer':
        this.#cancelTimer?.();
        this.#cancelTimer = this.#options.clock.after(effect.delayMs, () => {
          this.#dispatch({ kind: 'timerFired', atMs: this.#nowMs() });
        });
        break;
      case 'clearTimer':
        this.#cancelTimer?.();
        break;
      case 'runRound':
        this.#round = this.#runRound(effect.reloadLimit);
        break;
    }
  }

  async #runRound(reloadLimit: ReloadLimit): Promise<void> {
    const round = await this.#attemptRound(reloadLimit);
    if (round !== undefined) this.#publish(round);
    const drainsForMs = this.#drainsForMs;
    this.#drainsForMs = undefined;
    this.#dispatch({
      kind: 'finished',
      outcome: round?.outcome ?? 'fault',
      atMs: this.#nowMs(),
      jitter: this.#options.jitter(),
      areEndpointsTold: this.#lane.isTelling,
      ...(round?.waits === undefined ? {} : { waits: round.waits }),
      ...(drainsForMs === undefined ? {} : { drainsForMs }),
    });
  }

  /** Undefined after a fault. */
  async #attemptRound(reloadLimit: ReloadLimit): Promise<Round | undefined> {
    const { source } = this.#options;
    const memoryBefore = this.#memory;
    try {
      const ports: RoundPorts = {
        ...this.#options,
        resolve: this.#guard.resolve,
        tellEndpoints: (made, telling) => this.#lane.tell(made, telling),
        noteReload: (drainsForMs) => (this.#drainsForMs = drainsForMs),
      };
      const { round, memory } = await runRound(ports, memoryBefore, { snapshot: source.snapshot(), reloadLimit });
      // A restart in the meantime makes it uncertain what runs; the round that follows finds out.
      const certain = this.#memory === memoryBefore;
      this.#memory = memory;
      if (!certain) this.#forgetRunning();
      return round;
    } catch (error) {
      this.#forgetRunning();
      if (this.#state.kind !== 'stopped' && this.#guard.noteFault(error)) {
        this.#options.logger.warn('A TCP or UDP port is left out, since nginx cannot listen on it', { error });
        return this.#attemptRound(reloadLimit);
      }
      if (this.#state.kind !== 'stopped') {
        this.#logFault(error);
        this.#options.onFault?.(error);
      }
      return undefined;
    }
  }

  /** At the first start the fault is most likely one of the set-up, which its own words tell better than a stack. */
  #logFault(error: unknown): void {
    const { logger } = this.#options;
    const message = `The configuration could not be applied; ${this.#whatRuns()}`;
    if (this.#hasServed) {
      logger.error(message, { error });
      return;
    }
    logger.error(message, { reason: error instanceof Error ? error.message : String(error) });
    logger.debug('what led to it', { error });
  }

  #whatRuns(): string {
    return this.#hasServed ? 'the last good one stays' : 'nothing runs yet';
  }

  #publish(round: Round): void {
    const { logger, onRound } = this.#options;
    const { refusal, digest, durations, reloadCauses } = round;
    if (refusal !== undefined) {
      logger.error(`nginx refused the configuration; ${this.#whatRuns()}`, { ...refusal, digest });
    } else if (round.outcome === 'applied') {
      logger.info('The configuration runs', {
        ...{ digest, ingresses: round.ingresses.length, causes: reloadCauses },
        ...durations,
      });
    }
    if (round.outcome === 'renewed')
      logger.info('Certificates were renewed without a reload', { digest, ...durations });
    this.#logWaiting(round);
    this.#hasServed ||= refusal === undefined;
    this.#tell(round);
    const isLive = round.outcome !== 'refused' && round.outcome !== 'postponed';
    if (isLive) {
      this.#lastRound = round;
      this.#lane.noteRunning();
    }
    onRound?.(round);
    if (isLive) this.#writeStatus();
  }

  /** Once for each configuration that waits. */
  #logWaiting({ waits, digest, resolution }: Round): void {
    if (waits !== undefined && this.#saidToWait !== digest) {
      const { logger } = this.#options;
      const { workerShutdownTimeoutMs } = resolution.model.settings;
      const data = { digest, ...waits, workerShutdownTimeoutMs };
      const message = 'A reload waits, since old workers of nginx still serve connections';
      if (isCapReached(waits.generations)) logger.warn(message, data);
      else logger.info(message, data);
    }
    this.#saidToWait = waits === undefined ? undefined : digest;
  }

  #writeStatus(): void {
    if (this.#isStatusCleared) return;
    const addresses = this.#options.status?.addresses();
    const served = this.#lastRound?.served ?? [];
    // What was planned when it was ours to say is not written any more.
    this.#statusWriter?.write(addresses === undefined ? [] : planStatus({ served }, addresses));
  }

  #tell({ outcome, ingresses, problems, snapshot, refusal }: Round): void {
    const { events, pod } = this.#options;
    const told: Told = { ingresses, problems, snapshot };
    for (const event of planEvents(this.#told, told)) events.record(event);
    this.#told = told;
    const isReload = outcome === 'applied' || outcome === 'refused';
    if (pod !== undefined && isReload) events.record(planReloadEvent(pod, refusal?.message));
  }

  #forgetRunning(): void {
    const { runningDigest: _forgotten, ...memory } = this.#memory;
    this.#memory = memory;
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }
}
