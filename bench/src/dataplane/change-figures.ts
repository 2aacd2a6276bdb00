/**
 * Duty: how times of changes of endpoints are told, wherever they were taken, with the bars that hold for all of them.
 */
import { median, percentile, spread, type Measured } from '../figure.ts';

/** In milliseconds: of changes that stand alone, and of those that follow another within a second. */
export interface ChangeTimes {
  readonly isolated: readonly number[];
  readonly second: readonly number[];
}

/** `name` says what was timed, `setting` with how many of what. */
export function figuresOfChanges(
  { name, setting }: { readonly name: string; readonly setting: string },
  { isolated, second }: ChangeTimes,
): readonly Measured[] {
  const whole = `${name}, ${setting}`;
  return [
    { name: `${whole}, median`, unit: 'ms', measured: median(isolated), bar: { atMost: 20 }, note: spread(isolated) },
    { name: `${whole}, 99 of 100`, unit: 'ms', measured: percentile(isolated, 0.99), bar: { atMost: 200 } },
    {
      name: `a second change of the same, within a second, ${setting}, 19 of 20`,
      unit: 'ms',
      measured: percentile(second, 0.95),
      bar: { atMost: 1100 },
      note: spread(second),
    },
  ];
}
