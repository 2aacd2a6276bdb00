/**
 * Duty: when to look again. A reducer over events; it holds off for bursts of changes, lets one round run at a time,
 * and backs off after faults. Must not know what a round does, nor any clock or timer.
 */
import type { ChangeKind } from './ports.ts';
import {
  reloadAllowedAtMs,
  reloadLimitAt,
  type LastReload,
  type ReloadLimit,
  type ReloadWait,
} from './reload-spacing.ts';

/** What happened; `atMs` is monotonic time. */
export type LoopEvent =
  | { readonly kind: 'changed'; readonly of: ChangeKind; readonly atMs: number }
  | { readonly kind: 'timerFired'; readonly atMs: number }
  | RoundFinished
  /** nginx was started again without us asking for it, so what it runs is to be looked at without delay. */
  | { readonly kind: 'restarted'; readonly atMs: number }
  | { readonly kind: 'stop' };

/** A round ended. */
interface RoundFinished {
  readonly kind: 'finished';
  readonly outcome: RoundOutcome;
  readonly atMs: number;
  /** A number from 0 (inclusive) to 1 that spreads retries. */
  readonly jitter: number;
  /** nginx was told to reload in it, and its old workers may live so long; 0: without a limit. */
  readonly drainsForMs?: number;
  /** When it was `postponed`. */
  readonly waits?: ReloadWait;
  /** Whether nginx is told of endpoints beside the rounds. */
  readonly areEndpointsTold?: boolean;
}

/**
 * `refused` waits for the next change, since the same objects would be refused again; `fault` is tried again, and
 * `postponed` when old workers may have ended.
 */
export type RoundOutcome = 'applied' | 'fault' | 'postponed' | 'refused' | 'renewed' | 'unchanged';

/** What is to be done. There is one timer: setting it anew replaces the old one. */
export type LoopEffect =
  | { readonly kind: 'setTimer'; readonly delayMs: number }
  | { readonly kind: 'clearTimer' }
  | { readonly kind: 'runRound'; readonly reloadLimit: ReloadLimit };

/** `failures` are rounds in a row that a fault ended. */
export type LoopState =
  /** Nothing was seen yet. */
  | { readonly kind: 'new' }
  | ({ readonly kind: 'idle' } & Resting)
  | ({ readonly kind: 'holding'; readonly pending: Pending; readonly failures: number } & Resting)
  | Running
  | ({ readonly kind: 'backingOff'; readonly failures: number } & Resting)
  /** A round may still be under way; whatever happens, no other follows. */
  | { readonly kind: 'stopped' };

/** What is known from the rounds before. */
interface Resting {
  /** No round for endpoints alone begins before. */
  readonly endpointsFromMs: number;
  readonly lastReload: LastReload | undefined;
}

/** A round is under way; `pending` are the changes that it may have missed. */
interface Running {
  readonly kind: 'running';
  readonly pending?: Pending;
  readonly failures: number;
  readonly startedAtMs: number;
  readonly lastReload: LastReload | undefined;
}

/** Changes that no round has seen. */
interface Pending {
  readonly structure?: Burst;
  readonly endpoints?: Burst;
  /** A round needed a reload and could not have it: another one asks again then. */
  readonly retryAtMs?: number;
  /** nginx was started again: there is nothing to wait for. */
  readonly isDue?: true;
}

/** Changes of one kind, one after another. */
interface Burst {
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly count: number;
}

export interface LoopStep {
  readonly state: LoopState;
  readonly effects: readonly LoopEffect[];
}

/** A single change waits only for what its author applies with it. */
const FIRST_HOLD_OFF_MS = 40;
/** What follows shows that there is more to come: a round waits this long after the last change. */
export const HOLD_OFF_MS = 100;
/** However many changes follow, a round starts no later than this after the first … */
const LONGEST_HOLD_OFF_MS = 500;
/** … unless there are so many that whoever makes them is not done soon: each adds this much, … */
const HOLD_OFF_PER_CHANGE_MS = 25;
/** … up to this. Each reload costs memory until the old workers' last connection ends. */
export const LONGEST_BURST_MS = 3_000;
/** Rounds for endpoints alone start at least this far from the one before, so that Pods that come and go leave time … */
const ENDPOINTS_PAUSE_MS = 1_000;
/** … where nginx knows them by then, and the last round found nothing else; … */
const TOLD_ENDPOINTS_PAUSE_MS = 2_000;
/** … and rest so many times as long as that one took, since what else changes meanwhile waits for the end of a round, … */
const REST_FOR_EACH_ROUND = 3;
/** … up to this. */
export const LONGEST_REST_MS = 1_500;
/** Whether old workers have ended is asked after so long, and so many times as long as the round took, … */
const POSTPONED_PAUSE_MS = 500;
const POSTPONED_REST_FOR_EACH_ROUND = 9;
/** … but at least so often. */
const LONGEST_POSTPONED_PAUSE_MS = 5_000;
const FIRST_BACKOFF_MS = 200;
/** What is wrong with a machine, a full disk, say, is often mended without our being told. */
const LONGEST_BACKOFF_MS = 8_000;

export const initialLoopState: LoopState = { kind: 'new' };

/** The next state, and what to do now. */
export function step(state: LoopState, event: LoopEvent): LoopStep {
  if (state.kind === 'stopped') return { state, effects: [] };
  switch (event.kind) {
    case 'changed':
      return stepChanged(state, event);
    case 'timerFired':
      return state.kind === 'holding' || state.kind === 'backingOff'
        ? run({ ...state, atMs: event.atMs })
        : { state, effects: [] };
    case 'finished':
      return state.kind === 'running' ? stepFinished(state, event) : { state, effects: [] };
    case 'restarted':
      return stepRestarted(state, event.atMs);
    case 'stop':
      return { state: { kind: 'stopped' }, effects: [{ kind: 'clearTimer' }] };
  }
}

type Living = Exclude<LoopState, { kind: 'stopped' }>;

function stepChanged(state: Living, change: Extract<LoopEvent, { kind: 'changed' }>): LoopStep {
  switch (state.kind) {
    case 'new':
      return run({ atMs: change.atMs, failures: 0, lastReload: undefined });
    case 'idle':
      return hold(addChange({}, change), { ...state, atMs: change.atMs, failures: 0 });
    case 'backingOff':
      // The change may be the cure, so the rest of the backoff is dropped; only the hold-off stays.
      return hold(addChange({}, change), { ...state, atMs: change.atMs });
    case 'holding':
      return hold(addChange(state.pending, change), { ...state, atMs: change.atMs });
    case 'running':
      return { state: { ...state, pending: addChange(state.pending ?? {}, change) }, effects: [] };
  }
}

function stepFinished(state: Running, event: RoundFinished): LoopStep {
  const { atMs, drainsForMs, waits } = event;
  const failures = event.outcome === 'fault' ? state.failures + 1 : 0;
  const isForPeople = event.areEndpointsTold === true && event.outcome === 'unchanged';
  const pauseMs = isForPeople ? TOLD_ENDPOINTS_PAUSE_MS : ENDPOINTS_PAUSE_MS;
  const resting: Resting = {
    endpointsFromMs: endpointsFrom(state.startedAtMs, atMs, pauseMs),
    lastReload: drainsForMs === undefined ? state.lastReload : { atMs, drainsForMs, faults: faultsOf(state, event) },
  };
  const pending = waits === undefined ? state.pending : { ...state.pending, retryAtMs: retryAt(waits, state, atMs) };
  if (pending !== undefined) return hold(pending, { ...resting, atMs, failures });
  if (failures === 0) return { state: { kind: 'idle', ...resting }, effects: [] };
  return {
    state: { kind: 'backingOff', failures, ...resting },
    effects: [{ kind: 'setTimer', delayMs: backoffMs(failures, event.jitter) }],
  };
}

/** How many reloads in a row did not come to their end, with that of a round which ended now. */
function faultsOf({ lastReload }: Running, { outcome }: RoundFinished): number {
  return outcome === 'fault' ? (lastReload?.faults ?? 0) + 1 : 0;
}

/** When a reload is asked for again that a round could not have. */
function retryAt(waits: ReloadWait, { startedAtMs, lastReload }: Running, atMs: number): number {
  const restMs = Math.max(POSTPONED_PAUSE_MS, POSTPONED_REST_FOR_EACH_ROUND * (atMs - startedAtMs));
  return Math.min(reloadAllowedAtMs(waits, lastReload), atMs + Math.min(restMs, LONGEST_POSTPONED_PAUSE_MS));
}

/** When a round for endpoints alone may begin after one from `startedAtMs` to `endedAtMs`. */
function endpointsFrom(startedAtMs: number, endedAtMs: number, pauseMs: number): number {
  const restMs = Math.min(LONGEST_REST_MS, REST_FOR_EACH_ROUND * (endedAtMs - startedAtMs));
  return Math.max(startedAtMs + pauseMs, endedAtMs + restMs);
}

function stepRestarted(state: Living, atMs: number): LoopStep {
  switch (state.kind) {
    case 'new':
      return { state, effects: [] };
    case 'running':
      return { state: { ...state, pending: { ...state.pending, isDue: true } }, effects: [] };
    case 'idle':
      return run({ ...state, atMs, failures: 0 });
    case 'holding':
    case 'backingOff':
      return run({ ...state, atMs });
  }
}

function addChange(pending: Pending, { of, atMs }: Extract<LoopEvent, { kind: 'changed' }>): Pending {
  const before = pending[of];
  return {
    ...pending,
    [of]: { firstAtMs: before?.firstAtMs ?? atMs, lastAtMs: atMs, count: (before?.count ?? 0) + 1 },
  };
}

interface Moment extends Resting {
  readonly atMs: number;
  readonly failures: number;
}

function hold(pending: Pending, { atMs, failures, endpointsFromMs, lastReload }: Moment): LoopStep {
  const delayMs = dueAtMs(pending, endpointsFromMs) - atMs;
  if (delayMs <= 0) return run({ atMs, failures, lastReload });
  return {
    state: { kind: 'holding', pending, failures, endpointsFromMs, lastReload },
    effects: [{ kind: 'setTimer', delayMs }],
  };
}

/** When a round is due for these changes. */
function dueAtMs(pending: Pending, endpointsFromMs: number): number {
  const { structure, endpoints, retryAtMs = Infinity, isDue } = pending;
  if (isDue === true) return -Infinity;
  const forStructure = structure === undefined ? Infinity : structureDueAtMs(structure);
  const forEndpoints = endpoints === undefined ? Infinity : endpointsDueAtMs(endpoints, endpointsFromMs);
  return Math.min(forStructure, forEndpoints, retryAtMs);
}

function structureDueAtMs({ firstAtMs, lastAtMs, count }: Burst): number {
  const longestMs = Math.max(LONGEST_HOLD_OFF_MS, Math.min(LONGEST_BURST_MS, HOLD_OFF_PER_CHANGE_MS * count));
  return Math.min(lastAtMs + (count === 1 ? FIRST_HOLD_OFF_MS : HOLD_OFF_MS), firstAtMs + longestMs);
}

function endpointsDueAtMs({ firstAtMs, lastAtMs }: Burst, endpointsFromMs: number): number {
  const settledAtMs = Math.min(lastAtMs + HOLD_OFF_MS, firstAtMs + LONGEST_HOLD_OFF_MS);
  return Math.max(settledAtMs, endpointsFromMs);
}

function run({ atMs, failures, lastReload }: Omit<Moment, 'endpointsFromMs'>): LoopStep {
  return {
    state: { kind: 'running', failures, startedAtMs: atMs, lastReload },
    effects: [{ kind: 'clearTimer' }, { kind: 'runRound', reloadLimit: reloadLimitAt(atMs, lastReload) }],
  };
}

/** Doubles with each failure, and is shortened by up to half, so that many controllers do not retry in step. */
function backoffMs(failures: number, jitter: number): number {
  const longest = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
  return Math.round(longest * (1 - jitter / 2));
}
