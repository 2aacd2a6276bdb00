/**
 * Duty: a promised figure, what was measured of it, and whether it holds.
 */

type Unit = 'us' | 'ms' | 's' | 'MiB' | 'count' | 'perSecond' | 'ratio';

/** How a unit is written after a number, and with how many decimals. */
const UNITS: Readonly<Record<Unit, { readonly suffix: string; readonly decimals: number }>> = {
  us: { suffix: ' µs', decimals: 0 },
  ms: { suffix: ' ms', decimals: 1 },
  s: { suffix: ' s', decimals: 1 },
  MiB: { suffix: ' MiB', decimals: 0 },
  count: { suffix: '', decimals: 0 },
  perSecond: { suffix: ' a second', decimals: 0 },
  ratio: { suffix: '', decimals: 2 },
};

export interface Figure {
  /** What is measured, with its setting. */
  readonly name: string;
  readonly unit: Unit;
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

/** A figure that nothing was promised of; it shows how others come about. */
type Seen = Omit<Figure, 'bar'>;

export type Measured = Figure | Seen | Unmeasured;

/** Whether it is a promise that was not kept. What could not be measured breaks none. */
export function fallsShort(measured: Measured): boolean {
  return 'bar' in measured && !holds(measured);
}

function holds(figure: Figure): boolean {
  return 'atMost' in figure.bar ? figure.measured <= figure.bar.atMost : figure.measured >= figure.bar.atLeast;
}

/** One row of a Markdown table. */
export function renderRow(measured: Measured): string {
  if ('why' in measured) return `| ${measured.name} | – | – | not measured: ${measured.why} |`;
  const { name, unit, note } = measured;
  const { suffix, decimals } = UNITS[unit];
  const seen = `${measured.measured.toFixed(decimals)}${suffix}${note === undefined ? '' : ` (${note})`}`;
  if (!('bar' in measured)) return `| ${name} | – | ${seen} | |`;
  const { bar } = measured;
  const promise = 'atMost' in bar ? `≤ ${bar.atMost}${suffix}` : `≥ ${bar.atLeast}${suffix}`;
  return `| ${name} | ${promise} | ${seen} | ${holds(measured) ? 'holds' : 'falls short'} |`;
}

export const TABLE_HEAD = '| figure | bar | measured | |\n| --- | --- | --- | --- |';

/** Of some numbers, at least one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Of some numbers, at least one: the least that `share` of them do not go beyond; 0.95 is the 95th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** "min 1.0, max 2.0 of 5". */
export function spread(values: readonly number[]): string {
  return `min ${Math.min(...values).toFixed(1)}, max ${Math.max(...values).toFixed(1)} of ${values.length}`;
}
