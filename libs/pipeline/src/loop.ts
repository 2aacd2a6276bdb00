/**
 * Duty: when to look again. A reducer over events; it holds off for bursts of changes, lets one round run at a time,
 * and backs off after faults. Must not know what a round does, nor any clock or timer.
 */

/** What happened; `atMs` is monotonic time. */
export type LoopEvent =
  | { readonly kind: 'changed'; readonly atMs: number }
  | { readonly kind: 'timerFired'; readonly atMs: number }
  /** A round ended; `jitter` is a number from 0 (inclusive) to 1 that spreads retries. */
  | { readonly kind: 'finished'; readonly outcome: RoundOutcome; readonly atMs: number; readonly jitter: number }
  /** nginx was started again without us asking for it, so what it runs is to be looked at without delay. */
  | { readonly kind: 'restarted'; readonly atMs: number }
  | { readonly kind: 'stop' };

/** `refused` waits for the next change, since the same objects would be refused again; `fault` is tried again. */
export type RoundOutcome = 'applied' | 'unchanged' | 'refused' | 'fault';

/** What is to be done. There is one timer: setting it anew replaces the old one. */
export type LoopEffect =
  | { readonly kind: 'setTimer'; readonly delayMs: number }
  | { readonly kind: 'clearTimer' }
  | { readonly kind: 'runRound' };

export type LoopState =
  /** Nothing was seen yet. */
  | { readonly kind: 'new' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'holding'; readonly pending: Pending; readonly failures: number }
  /** A round is under way; `pending` are the changes that it may have missed. */
  | { readonly kind: 'running'; readonly pending?: Pending; readonly failures: number }
  | { readonly kind: 'backingOff'; readonly failures: number }
  /** A round may still be under way; whatever happens, no other follows. */
  | { readonly kind: 'stopped' };

/** Changes that no round has seen: when the first came, and until when to hold off. */
interface Pending {
  readonly firstAtMs: number;
  readonly dueAtMs: number;
}

export interface LoopStep {
  readonly state: LoopState;
  readonly effects: readonly LoopEffect[];
}

/** A round waits this long after a change, so that what comes together is applied together. */
export const HOLD_OFF_MS = 100;
/** However many changes follow, a round starts no later than this after the first. */
export const LONGEST_HOLD_OFF_MS = 500;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 30_000;

export const initialLoopState: LoopState = { kind: 'new' };

/** The next state, and what to do now. */
export function step(state: LoopState, event: LoopEvent): LoopStep {
  if (state.kind === 'stopped') return { state, effects: [] };
  switch (event.kind) {
    case 'changed':
      return stepChanged(state, event.atMs);
    case 'timerFired':
      return state.kind === 'holding' || state.kind === 'backingOff' ? run(state.failures) : { state, effects: [] };
    case 'finished':
      return state.kind === 'running' ? stepFinished(state, event) : { state, effects: [] };
    case 'restarted':
      return stepRestarted(state, event.atMs);
    case 'stop':
      return { state: { kind: 'stopped' }, effects: [{ kind: 'clearTimer' }] };
  }
}

function stepChanged(state: Exclude<LoopState, { kind: 'stopped' }>, atMs: number): LoopStep {
  switch (state.kind) {
    case 'new':
      return run(0);
    case 'idle':
      return hold(addChange(undefined, atMs), { atMs, failures: 0 });
    case 'backingOff':
      // The change may be the cure, so the rest of the backoff is dropped; only the hold-off stays.
      return hold(addChange(undefined, atMs), { atMs, failures: state.failures });
    case 'holding':
      return hold(addChange(state.pending, atMs), { atMs, failures: state.failures });
    case 'running':
      return { state: { ...state, pending: addChange(state.pending, atMs) }, effects: [] };
  }
}

function stepFinished(
  state: Extract<LoopState, { kind: 'running' }>,
  event: Extract<LoopEvent, { kind: 'finished' }>,
): LoopStep {
  const failures = event.outcome === 'fault' ? state.failures + 1 : 0;
  if (state.pending !== undefined) return hold(state.pending, { atMs: event.atMs, failures });
  if (failures === 0) return { state: { kind: 'idle' }, effects: [] };
  return {
    state: { kind: 'backingOff', failures },
    effects: [{ kind: 'setTimer', delayMs: backoffMs(failures, event.jitter) }],
  };
}

function stepRestarted(state: Exclude<LoopState, { kind: 'stopped' }>, atMs: number): LoopStep {
  switch (state.kind) {
    case 'new':
      return { state, effects: [] };
    case 'running':
      // As if it had been held off for long enough already.
      return { state: { ...state, pending: { firstAtMs: atMs - LONGEST_HOLD_OFF_MS, dueAtMs: atMs } }, effects: [] };
    case 'idle':
      return run(0);
    case 'holding':
    case 'backingOff':
      return run(state.failures);
  }
}

function addChange(pending: Pending | undefined, atMs: number): Pending {
  const firstAtMs = pending?.firstAtMs ?? atMs;
  return { firstAtMs, dueAtMs: Math.min(atMs + HOLD_OFF_MS, firstAtMs + LONGEST_HOLD_OFF_MS) };
}

function hold(pending: Pending, now: { readonly atMs: number; readonly failures: number }): LoopStep {
  const delayMs = pending.dueAtMs - now.atMs;
  if (delayMs <= 0) return run(now.failures);
  return { state: { kind: 'holding', pending, failures: now.failures }, effects: [{ kind: 'setTimer', delayMs }] };
}

function run(failures: number): LoopStep {
  return { state: { kind: 'running', failures }, effects: [{ kind: 'clearTimer' }, { kind: 'runRound' }] };
}

/** Doubles with each failure, and is shortened by up to half, so that many controllers do not retry in step. */
function backoffMs(failures: number, jitter: number): number {
  const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
  return Math.round(longest * (1 - jitter / 2));
}
