/**
 * Duty: whole numbers, and numbers of seconds.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { combinator, type Combinator } from './combinator.ts';

/** Both ends belong to the range. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A whole number in decimal digits. */
export function integer(range: Range): Combinator<number> {
  return combinator({
    english: `a whole number from ${range.min} to ${range.max}`,
    schema: { type: 'string', pattern: '^[0-9]{1,15}$' },
    read: (text) => (/^[0-9]{1,15}$/.test(text) ? within(Number(text), range) : err('')),
  });
}

/** A number of seconds (`60`, or `60s`), in milliseconds. ingress-nginx takes digits only. */
export function secondsAsMs(range: Range): Combinator<number> {
  return combinator({
    english: `a whole number of seconds from ${range.min} to ${range.max}, such as 60`,
    schema: { type: 'string', pattern: '^[0-9]{1,12}s?$' },
    read(text) {
      const digits = /^([0-9]{1,12})s?$/.exec(text)?.[1];
      return digits === undefined ? err('') : inMs(Number(digits), range);
    },
  });
}

const secondsOfUnit: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** A time with one unit, as nginx writes it (`240s`, `10m`, `2h`, `1d`; seconds without one), in milliseconds. */
export function durationAsMs(rangeInSeconds: Range): Combinator<number> {
  const { min, max } = rangeInSeconds;
  return combinator({
    english: `a time such as 240s, 10m or 2h, from ${min}s to ${max}s`,
    schema: { type: 'string', pattern: '^[0-9]{1,12}[smhd]?$' },
    read(text) {
      const [, digits, unit = ''] = /^([0-9]{1,12})([smhd]?)$/.exec(text) ?? [];
      const seconds = secondsOfUnit[unit];
      return digits === undefined || seconds === undefined ? err('') : inMs(Number(digits) * seconds, rangeInSeconds);
    },
  });
}

function inMs(seconds: number, range: Range): Result<number> {
  const checked = within(seconds, range);
  return checked.ok ? ok(checked.value * 1000) : checked;
}

function within(value: number, { min, max }: Range): Result<number> {
  if (value < min) return err('it is too small');
  return value > max ? err('it is too large') : ok(value);
}
