/**
 * Duty: what to do after an attempt to follow objects has ended: begin afresh or go on from a known version, and when.
 * A reducer over outcomes. Must not know what is followed, nor any clock, chance or request.
 */

/** Why an attempt ended too soon. */
export type Failure =
  /** No answer, or one that broke off: nothing is lost, as the version is known. */
  | { readonly kind: 'unreachable' }
  /** Not a byte for longer than bookmarks are apart. */
  | { readonly kind: 'silent' }
  /** 410: the server no longer knows the version, by status or within the stream. */
  | { readonly kind: 'expired' }
  /** What came cannot be trusted: no JSON, another kind, out of order. */
  | { readonly kind: 'garbled' }
  /** The page is larger than an answer may be. */
  | { readonly kind: 'tooLarge' }
  /** Nothing is left of what was there a moment ago: it has to be said twice. */
  | { readonly kind: 'doubtful' }
  /** 403 */
  | { readonly kind: 'forbidden' }
  /** The server has too much to do (429, 503). */
  | { readonly kind: 'busy'; readonly retryAfterMs?: number }
  /** Any other answer that is an error. */
  | { readonly kind: 'refused'; readonly retryAfterMs?: number };

export interface Outcome {
  /** Left out: the server ended the watch in its time. */
  readonly failure?: Failure;
  /** The version to go on from; empty when there is none. */
  readonly version: string;
  /** How long the watch was open. */
  readonly livedMs: number;
  /** Whether this attempt read everything afresh. */
  readonly isFresh: boolean;
  readonly atMs: number;
}

export interface FollowState {
  /** Go on from this version; empty: begin afresh. */
  readonly version: string;
  /** Attempts in a row that failed, or ended far too soon. */
  readonly failures: number;
  /** How the last attempt failed. */
  readonly lastFailure: Failure['kind'] | undefined;
  /** Attempts in a row to go on that the server refused. */
  readonly refusals: number;
  /** Objects in one page. */
  readonly pageSize: number;
  /** An answer with nothing in it is to be believed. */
  readonly believesEmpty: boolean;
  /** When everything was read last. */
  readonly freshAtMs: number;
}

export interface NextAttempt {
  readonly state: FollowState;
  readonly delayMs: number;
}

const PAGE_SIZE = 500;
export const initialFollowState: FollowState = {
  version: '',
  failures: 0,
  lastFailure: undefined,
  refusals: 0,
  pageSize: PAGE_SIZE,
  believesEmpty: false,
  freshAtMs: -Infinity,
};

const FIRST_BACKOFF_MS = 800;
const LONGEST_BACKOFF_MS = 30_000;
/** Asking a server that is not there costs it nothing, and what it missed is wanted soon after it is back. */
const LONGEST_UNREACHABLE_MS = 4000;
const FORBIDDEN_MS = 20_000;
/** A server that has just begun forbids everything until it has read its own roles. */
const LASTING_REFUSALS = 5;
/** Whatever made a server say that nothing is left has time to end; with all else, changes of an outage wait no 10 s. */
const DOUBTFUL_MS = 3000;
/** Even a server that answers at once is not asked more often than this. */
const SHORTEST_BACKOFF_MS = 200;
/** Many followers end together when a connection does. */
const SPREAD_MS = 250;
/** A watch that lived so long was a healthy one. */
const HEALTHY_MS = 30_000;
/** A server that ends watches sooner is not asked again at once. */
const SHORT_WATCH_MS = 5000;
/** Events that never came are found no later than with the first watch that ends after this. */
const FRESH_AFTER_MS = 10 * 60_000;
const MOST_REFUSALS = 3;
const LARGEST_PAGE = 5000;

/** What comes next; `jitter` is a number from 0 (inclusive) to 1, another one each time. */
export function nextAttempt(before: FollowState, outcome: Outcome, jitter: number): NextAttempt {
  const { failure } = outcome;
  const freshAtMs = outcome.isFresh && outcome.version !== '' ? outcome.atMs - outcome.livedMs : before.freshAtMs;
  const isShort = outcome.livedMs < SHORT_WATCH_MS;
  if (failure === undefined) {
    const isStale = outcome.atMs - freshAtMs >= FRESH_AFTER_MS;
    const failures = isShort ? before.failures + 1 : 0;
    return {
      state: {
        ...settled(before, outcome),
        version: isStale ? '' : outcome.version,
        failures,
        lastFailure: undefined,
        freshAtMs,
      },
      delayMs: failures === 0 ? jitter * SPREAD_MS : backoffMs(failures, jitter, LONGEST_BACKOFF_MS),
    };
  }
  const failures = outcome.livedMs >= HEALTHY_MS || isBack(before, failure) ? 1 : before.failures + 1;
  const refusals = failure.kind === 'refused' && before.version !== '' ? before.refusals + 1 : 0;
  const isLost = losesVersion(failure) || refusals >= MOST_REFUSALS;
  const state = {
    ...settled(before, outcome),
    version: isLost ? '' : outcome.version,
    failures,
    lastFailure: failure.kind,
    freshAtMs,
  };
  return {
    state: { ...state, refusals: isLost ? 0 : refusals, ...afterList(before, failure) },
    delayMs: delayMs(failure, failures, jitter),
  };
}

/** A list that came to its end makes what was learnt of the ones before void. */
function settled(before: FollowState, { isFresh, version }: Outcome): FollowState {
  if (!isFresh || version === '') return before;
  return { ...before, refusals: 0, pageSize: PAGE_SIZE, believesEmpty: false };
}

function afterList(before: FollowState, { kind }: Failure): Partial<FollowState> {
  if (kind === 'doubtful') return { believesEmpty: true, failures: before.failures };
  // Whoever answers after an outage may be another server, or one that has just begun.
  if (isAway(kind)) return { believesEmpty: false };
  if (kind === 'tooLarge') return { pageSize: Math.max(1, Math.floor(before.pageSize / 8)) };
  // The pages took longer than the server remembers.
  if (kind === 'expired' && before.version === '') return { pageSize: Math.min(LARGEST_PAGE, before.pageSize * 2) };
  return {};
}

/** Whether this is the first thing that a server says that was not there before. */
function isBack({ lastFailure }: FollowState, { kind }: Failure): boolean {
  return isAway(lastFailure) && !isAway(kind);
}

function isAway(kind: Failure['kind'] | undefined): boolean {
  return kind === 'unreachable' || kind === 'silent';
}

function losesVersion({ kind }: Failure): boolean {
  return kind === 'expired' || kind === 'garbled' || kind === 'tooLarge' || kind === 'doubtful';
}

function delayMs(failure: Failure, failures: number, jitter: number): number {
  switch (failure.kind) {
    case 'doubtful':
      return DOUBTFUL_MS * (1 + jitter);
    case 'forbidden':
      if (failures < LASTING_REFUSALS) return backoffMs(failures, jitter, LONGEST_UNREACHABLE_MS);
      return FORBIDDEN_MS * (0.5 + jitter / 2);
    case 'unreachable':
    case 'silent':
      return backoffMs(failures, jitter, LONGEST_UNREACHABLE_MS);
    case 'expired':
      return failures === 1 ? jitter * SPREAD_MS : backoffMs(failures, jitter, LONGEST_BACKOFF_MS);
    case 'garbled':
    case 'tooLarge':
      return backoffMs(failures, jitter, LONGEST_BACKOFF_MS);
    case 'busy':
    case 'refused': {
      const asked = failure.retryAfterMs;
      // Those who were told the same time to wait do not come back in step.
      if (asked !== undefined) return asked + jitter * Math.min(asked, 5000);
      return backoffMs(failures, jitter, LONGEST_BACKOFF_MS);
    }
  }
}

function backoffMs(failures: number, jitter: number, longestMs: number): number {
  const longest = Math.min(longestMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 10));
  return Math.max(SHORTEST_BACKOFF_MS, longest * jitter);
}
