/**
 * Duty: how long certificates live that the webhook makes, and how often it looks after them.
 */

export interface RotationSchedule {
  readonly authorityLifeMs: number;
  readonly servingLifeMs: number;
  /** So long after a bundle was seen in the configuration every API server uses it. */
  readonly settleMs: number;
  /** How often it is looked at when nothing tells of a change. */
  readonly lookMs: number;
  /** A replica whose clock is wrong would write without end. */
  readonly writePauseMs: number;
}

const DAY_MS = 24 * 3_600_000;
export const usualSchedule: RotationSchedule = {
  authorityLifeMs: 3650 * DAY_MS,
  servingLifeMs: 90 * DAY_MS,
  settleMs: 60_000,
  lookMs: 30_000,
  writePauseMs: 10_000,
};
