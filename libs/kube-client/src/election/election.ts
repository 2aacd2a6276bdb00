/**
 * Duty: who may lead, as a reducer over what was seen of the Lease. Every interval is of our own monotonic clock: a holder
 * is gone when its Lease did not change for so long as we looked, whatever the times in it say. Must not know how a Lease
 * is read or written, nor any clock or timer.
 */
import type { Claimant, LeaseRecord } from './lease.ts';

/** What happened; `atMs` is monotonic time, `jitter` a number from 0 (inclusive) to 1 that spreads the contenders. */
export type ElectionEvent =
  | { readonly kind: 'attemptDue' }
  /** Undefined: there is no Lease. */
  | { readonly kind: 'read'; readonly lease: LeaseRecord | undefined; readonly atMs: number; readonly jitter: number }
  /** Our claim was taken; it was sent at `sentAtMs`. */
  | { readonly kind: 'claimed'; readonly lease: LeaseRecord; readonly sentAtMs: number; readonly atMs: number }
  /** The attempt ended without our knowing that we hold the Lease: somebody else was faster, or there was no answer. */
  | { readonly kind: 'failed'; readonly jitter: number }
  | { readonly kind: 'deadline'; readonly atMs: number }
  | { readonly kind: 'end' };

/** What is to be done. There is one timer for attempts and one for the deadline: setting one anew replaces the old one. */
export type ElectionEffect =
  | { readonly kind: 'read' }
  /** Write our claim over this form of the Lease, and no other; undefined: create it. */
  | { readonly kind: 'claim'; readonly over: LeaseRecord | undefined }
  | { readonly kind: 'attemptAfter'; readonly delayMs: number }
  | { readonly kind: 'deadlineAfter'; readonly delayMs: number }
  | { readonly kind: 'clearTimers' }
  | { readonly kind: 'tell'; readonly isLeader: boolean };

export interface ElectionState {
  readonly phase: 'following' | 'leading' | 'ended';
  /** Whether it was ever known who leads: ourselves, or another that holds the Lease. */
  readonly isDecided: boolean;
  /** The newest form that was seen, and since when it has not changed. */
  readonly seen?: { readonly lease: LeaseRecord; readonly sinceMs: number };
  /** The form that we wrote last, when nothing was heard of another since. */
  readonly own?: LeaseRecord;
  /** While leading: until when, if it is not renewed. */
  readonly trustedUntilMs: number;
}

export interface ElectionStep {
  readonly state: ElectionState;
  readonly effects: readonly ElectionEffect[];
}

export const initialElectionState: ElectionState = { phase: 'following', isDecided: false, trustedUntilMs: 0 };

/** A holder that claims to be silent for longer than this is not waited for: anybody may have written it. */
const LONGEST_TTL_MS = 600_000;
const MOST_JITTER = 0.2;

/** So long a leader leads on without having renewed. Others wait for twice that. */
const renewDeadlineMs = (ttlMs: number): number => ttlMs / 2;
/** So often a leader renews, and a follower looks. */
const retryMs = (ttlMs: number): number => ttlMs / 4;
/** So soon a leader tries again what failed: several times before its deadline. */
const hurriedRetryMs = (ttlMs: number): number => ttlMs / 20;

/** The next state, and what to do now. */
export function stepElection(state: ElectionState, event: ElectionEvent, claimant: Claimant): ElectionStep {
  if (state.phase === 'ended') return { state, effects: [] };
  switch (event.kind) {
    case 'attemptDue':
      return { state, effects: [state.own === undefined ? { kind: 'read' } : { kind: 'claim', over: state.own }] };
    case 'read':
      return stepRead(state, event, claimant);
    case 'claimed':
      return stepClaimed(state, event, claimant);
    case 'failed':
      return stepFailed(state, event.jitter, claimant);
    case 'deadline':
      return stepDeadline(state, event.atMs);
    case 'end': {
      const { effects } = follow(state, [{ kind: 'clearTimers' }]);
      return { state: { ...state, phase: 'ended' }, effects };
    }
  }
}

function stepRead(
  { seen: before, ...state }: ElectionState,
  { lease, atMs, jitter }: Extract<ElectionEvent, { kind: 'read' }>,
  claimant: Claimant,
): ElectionStep {
  if (lease === undefined) return { state, effects: [{ kind: 'claim', over: undefined }] };
  const isUnchanged = before?.lease.resourceVersion === lease.resourceVersion;
  const seen = { lease, sinceMs: isUnchanged ? before.sinceMs : atMs };
  const next = { ...state, seen };
  if (isFree(seen, atMs, claimant)) return { state: next, effects: [{ kind: 'claim', over: lease }] };
  return follow({ ...next, isDecided: true }, [
    { kind: 'attemptAfter', delayMs: spread(retryMs(claimant.ttlMs), jitter) },
  ]);
}

function stepClaimed(
  state: ElectionState,
  { lease, sentAtMs, atMs }: Extract<ElectionEvent, { kind: 'claimed' }>,
  claimant: Claimant,
): ElectionStep {
  const { ttlMs } = claimant;
  // The others count from when they see it, which is after we sent it.
  const trustedUntilMs = sentAtMs + renewDeadlineMs(ttlMs);
  if (atMs >= trustedUntilMs) return stepFailed(state, 0, claimant);
  const effects: readonly ElectionEffect[] = [
    { kind: 'attemptAfter', delayMs: retryMs(ttlMs) },
    { kind: 'deadlineAfter', delayMs: trustedUntilMs - atMs },
  ];
  return {
    state: {
      phase: 'leading',
      isDecided: true,
      seen: { lease, sinceMs: atMs },
      own: lease,
      trustedUntilMs,
    },
    effects: state.phase === 'leading' ? effects : [...effects, { kind: 'tell', isLeader: true }],
  };
}

/** A timer may come a little early, by the part of a millisecond that it does not know. */
function stepDeadline(state: ElectionState, atMs: number): ElectionStep {
  if (state.phase !== 'leading') return { state, effects: [] };
  if (atMs >= state.trustedUntilMs) return follow(state, []);
  return { state, effects: [{ kind: 'deadlineAfter', delayMs: Math.ceil(state.trustedUntilMs - atMs) }] };
}

/** What we wrote may have been taken all the same, so the next attempt reads first. */
function stepFailed({ own: _forgotten, ...state }: ElectionState, jitter: number, { ttlMs }: Claimant): ElectionStep {
  const delayMs = state.phase === 'leading' ? hurriedRetryMs(ttlMs) : spread(retryMs(ttlMs), jitter);
  return { state, effects: [{ kind: 'attemptAfter', delayMs }] };
}

function follow({ own: _forgotten, ...state }: ElectionState, effects: readonly ElectionEffect[]): ElectionStep {
  return {
    state: { ...state, phase: 'following' },
    effects: state.phase === 'leading' ? [...effects, { kind: 'tell', isLeader: false }] : effects,
  };
}

function isFree(
  { lease, sinceMs }: NonNullable<ElectionState['seen']>,
  atMs: number,
  { identity, ttlMs }: Claimant,
): boolean {
  if (lease.holder === '' || lease.holder === identity) return true;
  return atMs - sinceMs >= Math.max(ttlMs, Math.min(lease.durationMs, LONGEST_TTL_MS));
}

function spread(delayMs: number, jitter: number): number {
  return delayMs * (1 + MOST_JITTER * jitter);
}
