/**
 * Duty: the Lease (coordination.k8s.io/v1) that says who leads: reading it from JSON and the JSON that changes it. Must not
 * know when it is changed.
 */
import { countAt, textAt } from '../json.ts';
import { microTime } from '../micro-time.ts';

/** What is read of a Lease. */
export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holder: string;
  /** How often it went from one holder to another. */
  readonly transitions: number;
  /** As the server has it; when the holder took it. Empty when it does not say. */
  readonly acquireTime: string;
  /** For how long a holder that is silent keeps it; 0 when it does not say. */
  readonly durationMs: number;
  /** Changes with every write, whoever wrote. */
  readonly resourceVersion: string;
}

/** What a contender makes of a Lease. */
export interface LeaseClaim {
  readonly holder: string;
  readonly transitions: number;
  readonly durationMs: number;
  readonly acquireTime: string;
  /** Wall time, for people who look at it; no contender compares it. */
  readonly renewTime: string;
}

/** Reads a Lease; what it lacks, or has in another shape, counts as unsaid. */
export function parseLease(json: unknown): LeaseRecord {
  return {
    holder: textAt(json, 'spec', 'holderIdentity'),
    transitions: countAt(json, 'spec', 'leaseTransitions'),
    acquireTime: textAt(json, 'spec', 'acquireTime'),
    durationMs: countAt(json, 'spec', 'leaseDurationSeconds') * 1000,
    resourceVersion: textAt(json, 'metadata', 'resourceVersion'),
  };
}

/** The JSON of a new Lease. */
export function renderLease(name: string, claim: LeaseClaim): unknown {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name },
    spec: renderSpec(claim),
  };
}

/** The merge patch that turns the form with this resourceVersion, and no other, into the claim; labels and the like stay. */
export function renderLeasePatch(resourceVersion: string, claim: LeaseClaim): unknown {
  return { metadata: { resourceVersion }, spec: renderSpec(claim) };
}

function renderSpec({ holder, transitions, durationMs, acquireTime, renewTime }: LeaseClaim): unknown {
  return {
    holderIdentity: holder,
    leaseDurationSeconds: Math.max(1, Math.round(durationMs / 1000)),
    leaseTransitions: transitions,
    acquireTime,
    renewTime,
  };
}

/** The most that the API takes (an int32). */
const MOST_TRANSITIONS = 2 ** 31 - 1;

export interface Claimant {
  readonly identity: string;
  readonly ttlMs: number;
}

/** What `claimant` makes of the Lease now, being allowed to hold it; undefined when there is no Lease yet. */
export function planClaim(over: LeaseRecord | undefined, { identity, ttlMs }: Claimant, nowMs: number): LeaseClaim {
  const now = microTime(nowMs);
  const common = { holder: identity, durationMs: ttlMs, renewTime: now };
  if (over === undefined) return { ...common, transitions: 0, acquireTime: now };
  if (over.holder === identity)
    return { ...common, transitions: over.transitions, acquireTime: over.acquireTime === '' ? now : over.acquireTime };
  return { ...common, transitions: Math.min(over.transitions + 1, MOST_TRANSITIONS), acquireTime: now };
}

/** What a holder makes of the Lease when it needs it no longer, so that the next one need not wait until it runs out. */
export function planRelease(held: LeaseRecord, nowMs: number): LeaseClaim {
  const now = microTime(nowMs);
  return { holder: '', durationMs: 1000, transitions: held.transitions, acquireTime: now, renewTime: now };
}
