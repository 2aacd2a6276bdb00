/**
 * Duty: the interpreter of the election: it keeps the timers, reads and writes the Lease, and tells who leads. Must not
 * decide who does (election.ts), nor know what a leader does.
 */
import type { Clock, Logger } from '@gatehouse/pipeline';
import { apiPath } from '../api-path.ts';
import { askOnce, hasStatus, MERGE_PATCH } from '../ask.ts';
import { KubeApiError, type KubeApi, type KubeRequest } from '../kube-api.ts';
import {
  initialElectionState,
  stepElection,
  type ElectionEffect,
  type ElectionEvent,
  type ElectionState,
} from './election.ts';
import { parseLease, planClaim, planRelease, renderLease, renderLeasePatch, type LeaseRecord } from './lease.ts';

export interface LeaderElectionOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number from 0 (inclusive) to 1, another one each time. */
  readonly jitter: () => number;
  readonly lease: { readonly namespace: string; readonly name: string };
  /** The name of our Pod: no other contender has it. */
  readonly identity: string;
  /** So long after its last sign a leader is taken for dead. */
  readonly ttlMs: number;
  /** Told when we begin to lead and when we no longer do. */
  readonly onChange: (isLeader: boolean) => void;
}

export interface LeaderElection {
  start(): void;
  /** False from the moment on at which somebody else could lead, even when nothing was heard of it. */
  isLeader(): boolean;
  /** Whether it was ever known who leads: ourselves, or another that holds the Lease. */
  isDecided(): boolean;
  /** Leads no more, and gives the Lease up, if that can be done within a few seconds. */
  release(): Promise<void>;
}

/** Of all that giving up takes: whoever waits for it is about to end. */
const RELEASE_LIMIT_MS = 3000;
const RELEASE_ATTEMPTS = 3;

/** Must be started. It asks the server once in each quarter of the time to live. */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  return new ElectionInterpreter(options);
}

const LEASES = { root: 'apis/coordination.k8s.io/v1', plural: 'leases' };

class ElectionInterpreter implements LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #giveUp = new AbortController();
  #state: ElectionState = initialElectionState;
  #cancelAttempt: (() => void) | undefined;
  #cancelDeadline: (() => void) | undefined;
  #request: Promise<void> = Promise.resolve();
  /** Whether a claim of ours may stand in the Lease. */
  #mayHold = false;
  #isFailing = false;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#dispatch({ kind: 'attemptDue' });
  }

  isLeader(): boolean {
    return this.#state.phase === 'leading' && this.#options.clock.monotonicMs() < this.#state.trustedUntilMs;
  }

  isDecided(): boolean {
    return this.#state.isDecided;
  }

  async release(): Promise<void> {
    this.#dispatch({ kind: 'end' });
    this.#giveUp.abort();
    await this.#request;
    if (!this.#mayHold) return;
    this.#mayHold = false;
    await this.#giveBack();
  }

  #dispatch(event: ElectionEvent): void {
    const { state, effects } = stepElection(this.#state, event, this.#options);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: ElectionEffect): void {
    const { clock, logger, onChange, identity, lease } = this.#options;
    switch (effect.kind) {
      case 'read':
        this.#request = this.#attempt(() => this.#read());
        break;
      case 'claim':
        this.#request = this.#attempt(() => this.#claim(effect.over));
        break;
      case 'attemptAfter':
        this.#cancelAttempt?.();
        this.#cancelAttempt = clock.after(effect.delayMs, () => this.#dispatch({ kind: 'attemptDue' }));
        break;
      case 'deadlineAfter':
        this.#cancelDeadline?.();
        this.#cancelDeadline = clock.after(effect.delayMs, () => {
          this.#dispatch({ kind: 'deadline', atMs: clock.monotonicMs() });
        });
        break;
      case 'clearTimers':
        this.#cancelAttempt?.();
        this.#cancelDeadline?.();
        break;
      case 'tell':
        logger.info(effect.isLeader ? 'This replica leads now' : 'This replica leads no more', { identity, ...lease });
        onChange(effect.isLeader);
        break;
    }
  }

  /** A request, and what came of it as an event. */
  async #attempt(request: () => Promise<ElectionEvent>): Promise<void> {
    const event = await request().then(
      (done) => {
        this.#isFailing = false;
        return done;
      },
      (error: unknown): ElectionEvent => {
        this.#complain(error);
        return { kind: 'failed', jitter: this.#options.jitter() };
      },
    );
    this.#dispatch(event);
  }

  async #read(): Promise<ElectionEvent> {
    const lease = await this.#readLease(this.#requestTimeoutMs(), this.#giveUp.signal);
    const { clock, identity, jitter } = this.#options;
    if (lease !== undefined && lease.holder !== identity) this.#mayHold = false;
    return { kind: 'read', lease, atMs: clock.monotonicMs(), jitter: jitter() };
  }

  async #claim(over: LeaseRecord | undefined): Promise<ElectionEvent> {
    const { clock, lease } = this.#options;
    const claim = planClaim(over, this.#options, clock.nowMs());
    const sentAtMs = clock.monotonicMs();
    this.#mayHold = true;
    const request: KubeRequest =
      over === undefined
        ? {
            method: 'POST',
            path: apiPath(LEASES, { namespace: lease.namespace }),
            body: renderLease(lease.name, claim),
          }
        : this.#patch(renderLeasePatch(over.resourceVersion, claim));
    const answer = await askOnce(this.#options, { ...request, signal: this.#giveUp.signal }, this.#requestTimeoutMs());
    return { kind: 'claimed', lease: leaseOf(answer), sentAtMs, atMs: clock.monotonicMs() };
  }

  /** Undefined when there is none. */
  async #readLease(timeoutMs: number, signal?: AbortSignal): Promise<LeaseRecord | undefined> {
    const request = { path: apiPath(LEASES, this.#options.lease), ...(signal === undefined ? {} : { signal }) };
    try {
      return leaseOf(await askOnce(this.#options, request, timeoutMs));
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  #patch(body: unknown): KubeRequest {
    return { method: 'PATCH', path: apiPath(LEASES, this.#options.lease), body, contentType: MERGE_PATCH };
  }

  /** Two requests in a row fit between a renewal that is due and the deadline. */
  #requestTimeoutMs(): number {
    return this.#options.ttlMs / 10;
  }

  async #giveBack(): Promise<void> {
    const { clock, logger, identity, lease } = this.#options;
    const untilMs = clock.monotonicMs() + RELEASE_LIMIT_MS;
    const restMs = (): number => untilMs - clock.monotonicMs();
    for (let attempt = 1; attempt <= RELEASE_ATTEMPTS && restMs() > 0; attempt += 1) {
      try {
        const held = await this.#readLease(restMs());
        if (held?.holder !== identity) return;
        const release = renderLeasePatch(held.resourceVersion, planRelease(held, clock.nowMs()));
        await askOnce(this.#options, this.#patch(release), Math.max(restMs(), 1));
        return;
      } catch (error) {
        logger.debug('The Lease could not be given up', { ...lease, error });
      }
    }
    logger.warn('The Lease of the leader is not given up; the next leader waits until it runs out', { ...lease });
  }

  /** Losing a race is ordinary, and one message tells of a server that is away. */
  #complain(error: unknown): void {
    if (hasStatus(error, 409) || this.#giveUp.signal.aborted) return;
    const { logger, lease } = this.#options;
    const message = 'The Lease of the leader cannot be read or written';
    if (this.#isFailing) logger.debug(message, { ...lease, error });
    else logger.warn(message, { ...lease, error });
    this.#isFailing = true;
  }
}

/** A patch without a version would be one of any form, so that what says none is believed in nothing. */
function leaseOf(answer: unknown): LeaseRecord {
  const lease = parseLease(answer);
  if (lease.resourceVersion === '') throw new KubeApiError('the answer is no Lease', { status: 0, reason: 'NoLease' });
  return lease;
}
