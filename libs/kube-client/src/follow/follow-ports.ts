/**
 * Duty: what all that follow objects are given, and what they count.
 */
import type { Clock, Logger } from '@gatehouse/pipeline';
import type { KubeApi } from '../kube-api.ts';

export interface FollowPorts {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A number from 0 (inclusive) to 1, another one each time. */
  readonly jitter: () => number;
  /** A watch that brings not a byte for so long, from its request on, is given up. Bookmarks come every minute. */
  readonly silenceMs: number;
}

/** What happened while one kind was followed, for metrics. */
export interface FollowCounters {
  /** Whole states that were read; for Secrets, single ones. */
  lists: number;
  watches: number;
  events: number;
  bookmarks: number;
  /** By the way an attempt failed: `unreachable`, `expired`, `forbidden` … */
  readonly failures: Map<string, number>;
  /** Monotonic time of the last event or bookmark; undefined before the first. */
  lastEventAtMs: number | undefined;
}

export function newCounters(): FollowCounters {
  return { lists: 0, watches: 0, events: 0, bookmarks: 0, failures: new Map(), lastEventAtMs: undefined };
}
