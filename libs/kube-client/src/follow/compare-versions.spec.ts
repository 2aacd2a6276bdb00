import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions } from './compare-versions.ts';

describe('compareVersions', () => {
  it('orders versions as the numbers that they are, however large', () => {
    const number = fc.bigInt({ min: 1n, max: 10n ** 30n });
    fc.assert(
      fc.property(number, number, (a, b) => {
        const order = compareVersions(String(a), String(b));
        expect(Math.sign(order ?? NaN)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it('says nothing of what are no numbers, but that a text is the same as itself', () => {
    expect(compareVersions('abc', 'abc')).toBe(0);
    for (const odd of ['', 'abc', '-1', '007', '1.5', '0']) expect(compareVersions(odd, '5')).toBeUndefined();
  });
});
