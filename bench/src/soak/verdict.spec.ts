import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from './verdict.ts';

const ALLOWANCE = { share: 0.1, amount: 8 };
const samples = (valueAt: (index: number) => number): readonly number[] =>
  Array.from({ length: 180 }, (_, i) => valueAt(i));
/** Between two collections of garbage. */
const breath = (index: number): number => (index % 7) * 1.1;

describe('judge', () => {
  it.each([
    ['stays', () => 120],
    ['breathes', (i: number) => 120 + breath(i)],
    ['grows while it warms up', (i: number) => Math.min(120, 60 + 2 * i)],
    ['falls', (i: number) => 200 - i / 4],
    ['has one peak early', (i: number) => (i === 50 ? 400 : 120)],
  ])('calls flat what %s', (_, valueAt) => {
    expect(judge(samples(valueAt), ALLOWANCE).isFlat).toBe(true);
  });

  it.each([
    ['grows by 30 in all', (i: number) => 120 + i / 6 + breath(i)],
    ['grows, and had a peak before', (i: number) => (i === 50 ? 400 : 120 + i / 6)],
    ['steps up at the end', (i: number) => (i < 170 ? 120 : 150)],
  ])('calls growing what %s', (_, valueAt) => {
    expect(judge(samples(valueAt), ALLOWANCE).isFlat).toBe(false);
  });

  it('finds any steady growth beyond twice the allowance, and none below a quarter of it, whatever the start', () => {
    const start = fc.double({ min: 0, max: 80, noNaN: true });
    fc.assert(
      fc.property(start, fc.double({ min: 16, max: 500, noNaN: true }), (from, total) => {
        expect(
          judge(
            samples((i) => from + (i * total) / 100),
            ALLOWANCE,
          ).isFlat,
        ).toBe(false);
        expect(
          judge(
            samples((i) => from + (i * 2) / 179),
            ALLOWANCE,
          ).isFlat,
        ).toBe(true);
      }),
    );
  });
});
