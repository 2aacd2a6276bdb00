/**
 * Duty: the port NginxSupervisor on an nginx that another process runs, which shares the runtime directory with this one,
 * and noticing when that process or its nginx was started anew.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ok } from '@gatehouse/core';
import type { Draining, EndpointChange, Logger, Refusal, TestResult } from '@gatehouse/pipeline';
import { askAgent } from './agent-client.ts';
import { parseMachineFacts, parseOutcome, parseState, type AgentState } from './agent-protocol.ts';
import type { ProofListeners } from './endpoint-proof.ts';
import type { MachineFacts } from './machine.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';
import { runtimeLayout } from './runtime-layout.ts';

export interface RemoteSupervisorOptions {
  /** Absolute; the agent has the same one. */
  readonly runtimeDirectory: string;
  readonly logger: Logger;
  /** The other process is there again, or its nginx was started again: what runs is uncertain. */
  readonly onRestart: () => void;
  /** So many workers of its nginx were ended by signals. */
  readonly onWorkerCrashes?: (count: number) => void;
  /** What came of comparing its endpoints with those that it was told. */
  readonly proof?: ProofListeners;
}

const WATCH_MS = 1000;
const QUESTION_MS = 3000;
/** A test may have to wait for a start, and for names that DNS is slow to tell. */
const TEST_MS = 120_000;
/** A large configuration takes nginx a while to load, and what it replaces may have to be ended before. */
const RUN_MS = 120_000;
const ENDPOINTS_MS = 10_000;

/** Watches the agent from now on. */
export function createRemoteSupervisor(options: RemoteSupervisorOptions): NginxSupervisor {
  return new AgentSupervisor(options);
}

/**
 * What the agent's machine gives. Waits for as long as nobody answers, or what answers is no agent; throws when `signal` is
 * aborted.
 */
export async function awaitMachineFacts(
  runtimeDirectory: string,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<MachineFacts> {
  const call = { socket: runtimeLayout(runtimeDirectory).agentSocket, timeoutMs: QUESTION_MS, signal };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askAgent({ kind: 'machine' }, call, parseMachineFacts);
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      // The containers of a Pod start one after another, so the first failures mean nothing.
      if (attempt % 10 === 9) logger.warn("Waiting for the proxy's agent", { reason });
      await delay(WATCH_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

class AgentSupervisor implements NginxSupervisor {
  readonly #options: RemoteSupervisorOptions;
  readonly #socket: string;
  readonly #stopping = new AbortController();
  readonly #watch: Promise<void>;
  #epoch: string | undefined;
  #workerCrashes: number | undefined;
  #drifts: number | undefined;
  #comparedMs: number | undefined;
  #relearningReloads: number | undefined;
  #isLost = false;

  constructor(options: RemoteSupervisorOptions) {
    this.#options = options;
    this.#socket = runtimeLayout(options.runtimeDirectory).agentSocket;
    this.#watch = this.#watchUntilStopped();
  }

  async test(digest: string): Promise<TestResult> {
    return (await askAgent({ kind: 'test', digest }, this.#call(TEST_MS), parseOutcome)) ?? { kind: 'accepted' };
  }

  async run(digest: string): Promise<Refusal | undefined> {
    return askAgent({ kind: 'run', digest }, this.#call(RUN_MS), parseOutcome);
  }

  async setEndpoints(changes: readonly EndpointChange[]): Promise<void> {
    if (changes.length > 0)
      await askAgent({ kind: 'endpoints', changes }, this.#call(ENDPOINTS_MS), () => ok(undefined));
  }

  async running(): Promise<string | undefined> {
    return (await this.#askState()).running;
  }

  async draining(): Promise<Draining> {
    try {
      return (await this.#askState()).draining;
    } catch {
      return { workers: 0, generations: 0 };
    }
  }

  async reloadUnproven(): Promise<void> {
    try {
      await askAgent({ kind: 'reload' }, this.#call(QUESTION_MS), () => ok(undefined));
    } catch (error) {
      this.#options.logger.debug('nginx could not be told to reload', { error });
    }
  }

  /** nginx is the other process' own: it serves on until somebody ends that one. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('nginx is being stopped'));
    await this.#watch;
  }

  async #watchUntilStopped(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        this.#compare(await this.#askState());
      } catch (error) {
        this.#noteLoss(error);
      }
      await delay(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #compare(state: AgentState): void {
    const { epoch, workerCrashes = 0 } = state;
    const crashed = newEvents(this.#workerCrashes, workerCrashes);
    this.#workerCrashes = workerCrashes;
    if (crashed > 0) this.#options.onWorkerCrashes?.(crashed);
    this.#compareProof(state);
    const isAnother = this.#epoch !== undefined && this.#epoch !== epoch;
    this.#epoch = epoch;
    if (!isAnother && !this.#isLost) return;
    this.#isLost = false;
    this.#options.logger.warn("The proxy's nginx was started again, or could not be reached; it is looked at");
    this.#options.onRestart();
  }

  #compareProof({ drifts = { count: 0, names: [] }, comparedMs, relearningReloads = 0 }: AgentState): void {
    const { proof } = this.#options;
    const reloads = newEvents(this.#relearningReloads, relearningReloads);
    this.#relearningReloads = relearningReloads;
    if (reloads > 0) proof?.onRelearning(reloads);
    const drifted = newEvents(this.#drifts, drifts.count);
    this.#drifts = drifts.count;
    if (drifted > 0) proof?.onDrift(drifted, drifts.names.slice(-drifted));
    if (comparedMs !== undefined && comparedMs !== this.#comparedMs) proof?.onCompared(comparedMs);
    this.#comparedMs = comparedMs;
  }

  #noteLoss(error: unknown): void {
    if (this.#isLost || this.#stopping.signal.aborted) return;
    this.#isLost = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.logger.error("The proxy's agent is gone; its nginx may serve on", { reason });
  }

  async #askState(): Promise<AgentState> {
    return askAgent({ kind: 'state' }, this.#call(QUESTION_MS), parseState);
  }

  #call(timeoutMs: number): { socket: string; timeoutMs: number; signal: AbortSignal } {
    return { socket: this.#socket, timeoutMs, signal: this.#stopping.signal };
  }
}

/** What was before the first look is not news; fewer than before are those of another agent. */
function newEvents(before: number | undefined, now: number): number {
  if (before === undefined) return 0;
  return now >= before ? now - before : now;
}
