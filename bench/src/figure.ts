/**
 * Duty: a promised figure, what was measured of it, and whether it holds.
 */

export interface Figure {
  /** What is measured, with its setting. */
  readonly name: string;
  readonly unit: 'ms' | 'ratio';
  readonly measured: number;
  /** The promise: at most, or at least, this much. */
  readonly bar: { readonly atMost: number } | { readonly atLeast: number };
  /** What else was seen, such as minimum and maximum. */
  readonly note?: string;
}

/** A figure that could not be measured on this machine, and why. */
interface Unmeasured {
  readonly name: string;
  readonly why: string;
}

export type Measured = Figure | Unmeasured;

export function holds(figure: Figure): boolean {
  return 'atMost' in figure.bar ? figure.measured <= figure.bar.atMost : figure.measured >= figure.bar.atLeast;
}

/** One row of a Markdown table. */
export function renderRow(measured: Measured): string {
  if ('why' in measured) return `| ${measured.name} | – | – | not measured: ${measured.why} |`;
  const { name, unit, bar, note } = measured;
  const suffix = unit === 'ms' ? ' ms' : '';
  const promise = 'atMost' in bar ? `≤ ${bar.atMost}${suffix}` : `≥ ${bar.atLeast}${suffix}`;
  const value = unit === 'ms' ? measured.measured.toFixed(1) : measured.measured.toFixed(2);
  const seen = note === undefined ? '' : ` (${note})`;
  return `| ${name} | ${promise} | ${value}${suffix}${seen} | ${holds(measured) ? 'holds' : 'falls short'} |`;
}

export const TABLE_HEAD = '| figure | bar | measured | |\n| --- | --- | --- | --- |';

/** Of some numbers, at least one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** "min 1.0, max 2.0 of 5". */
export function spread(values: readonly number[]): string {
  return `min ${Math.min(...values).toFixed(1)}, max ${Math.max(...values).toFixed(1)} of ${values.length}`;
}
