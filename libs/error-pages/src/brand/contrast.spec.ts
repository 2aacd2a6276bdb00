import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contrastRatio } from './contrast.ts';

describe('the contrast of two colours', () => {
  // As the tool of WebAIM tells them.
  it.each([
    ['#000', '#ffffff', 21],
    ['#777777', '#fff', 4.48],
    ['#767676', '#ffffff', 4.54],
    ['#0000ff', '#ffffff', 8.59],
    ['#ff0000', '#00ff00', 2.91],
    ['#123456', '#123456', 1],
  ])('of %s and %s is %d', (one, other, ratio) => {
    expect(contrastRatio(one, other)).toBeCloseTo(ratio, 2);
  });

  it('is from 1 to 21, whatever comes first and however it is written', () => {
    const digit = fc.constantFrom(...'0123456789abcdefABCDEF'.split(''));
    const short = fc.tuple(digit, digit, digit);
    fc.assert(
      fc.property(short, short, (a, b) => {
        const [one, other] = [`#${a.join('')}`, `#${b.join('')}`];
        const ratio = contrastRatio(one, other);
        expect(ratio).toBeGreaterThanOrEqual(1);
        expect(ratio).toBeLessThanOrEqual(21);
        expect(contrastRatio(other, one)).toBe(ratio);
        expect(contrastRatio(`#${a.map((hex) => hex + hex).join('')}`, other)).toBe(ratio);
      }),
    );
  });
});
