/**
 * Duty: sizes as nginx writes them.
 */
import { err, ok } from '@gatehouse/core';
import { combinator, type Combinator } from './combinator.ts';

const bytesOfUnit: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

export interface SizeBounds {
  /** The largest size in gigabytes (2^30 bytes). */
  readonly maxGigabytes: number;
  /** What 0 means. */
  readonly zero: 'noLimit' | 'refused';
}

/** Digits with b, k, m or g in any case (bytes without a unit), in bytes. nginx itself knows no `b`, ingress-nginx does. */
export function nginxSize({ maxGigabytes, zero }: SizeBounds): Combinator<number> {
  return combinator({
    english: `a size such as 8m, at most ${maxGigabytes}g${zero === 'noLimit' ? ', or 0 for no limit' : ''}`,
    schema: { type: 'string', pattern: '^[0-9]{1,15}[bBkKmMgG]?$' },
    read(text) {
      const [, digits, unit = ''] = /^([0-9]{1,15})([bkmg]?)$/.exec(text.toLowerCase()) ?? [];
      const factor = bytesOfUnit[unit];
      if (digits === undefined || factor === undefined) return err('');
      const bytes = Number(digits) * factor;
      if (bytes > maxGigabytes * 2 ** 30) return err('it is too large');
      return bytes === 0 && zero === 'refused' ? err('it is zero') : ok(bytes);
    },
  });
}
