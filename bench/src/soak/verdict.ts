/**
 * Duty: by how much a figure that was sampled at even times grew, and may. A pure judgement over numbers.
 */
import { median } from '../figure.ts';

/** So much may come on top of what there usually was in the first third: whichever is more. */
export interface Allowance {
  readonly share: number;
  readonly amount: number;
}

export interface Verdict {
  /** The most in the first third after warming up, and in the last. */
  readonly firstMost: number;
  readonly lastMost: number;
  /** By how much the figure rose over the last two thirds, by the median of all slopes between two samples. */
  readonly rise: number;
  /** What it grew by: the more of what the peak did and `rise`. */
  readonly growth: number;
  /** `growth` may not be more than this: a whole number, as it is shown. */
  readonly allowed: number;
}

/** Programs compile what they run, and caches fill, in the first part of a soak. */
const WARM_UP_SHARE = 0.2;

/**
 * Two views that both have to hold: the last third has no higher peak than the first, and the slope comes to nothing: a
 * single peak at the right moment hides growth from the first view, a sudden step hides it from the second.
 */
export function judge(samples: readonly number[], { share, amount }: Allowance): Verdict {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const third = Math.floor(warm.length / 3);
  const first = warm.slice(0, third);
  const firstMost = Math.max(...first);
  const lastMost = Math.max(...warm.slice(warm.length - third));
  const late = warm.slice(third);
  const rise = slopeOf(late) * (late.length - 1);
  const allowed = Math.ceil(Math.max(share * median(first), amount));
  return { firstMost, lastMost, rise, growth: Math.max(lastMost - firstMost, rise), allowed };
}

/** Theil and Sen's: a few outliers do not turn it. */
function slopeOf(values: readonly number[]): number {
  const slopes = values.flatMap((from, i) => values.slice(i + 1).map((to, j) => (to - from) / (j + 1)));
  return slopes.length === 0 ? 0 : median(slopes);
}
