import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from './verdict.ts';

const ALLOWANCE = { share: 0.1, amount: 8 };
const samples = (valueAt: (index: number) => number): readonly number[] =>
  Array.from({ length: 180 }, (_, i) => valueAt(i));
/** Between two collections of garbage. */
const breath = (index: number): number => (index % 7) * 1.1;
const isFlat = (values: readonly number[]): boolean => {
  const { growth, allowed } = judge(values, ALLOWANCE);
  return growth <= allowed;
};

describe('judge', () => {
  it.each([
    ['stays', () => 120],
    ['breathes', (i: number) => 120 + breath(i)],
    ['grows while it warms up', (i: number) => Math.min(120, 60 + 2 * i)],
    ['falls', (i: number) => 200 - i / 4],
    ['has one peak early', (i: number) => (i === 50 ? 400 : 120)],
  ])('calls flat what %s', (_, valueAt) => {
    expect(isFlat(samples(valueAt))).toBe(true);
  });

  it.each([
    ['grows by 30 in all', (i: number) => 120 + i / 6 + breath(i)],
    ['grows, and had a peak before', (i: number) => (i === 50 ? 400 : 120 + i / 6)],
    ['steps up at the end', (i: number) => (i < 170 ? 120 : 150)],
  ])('calls growing what %s', (_, valueAt) => {
    expect(isFlat(samples(valueAt))).toBe(false);
  });

  it('allows the share where that is more, and the next whole number', () => {
    expect(
      judge(
        samples(() => 121),
        ALLOWANCE,
      ),
    ).toEqual({ firstMost: 121, lastMost: 121, rise: 0, growth: 0, allowed: 13 });
    expect(
      judge(
        samples(() => 20),
        ALLOWANCE,
      ).allowed,
    ).toBe(8);
  });

  it('finds any steady growth beyond twice the allowance, and none below a quarter of it, whatever the start', () => {
    const start = fc.double({ min: 0, max: 80, noNaN: true });
    fc.assert(
      fc.property(start, fc.double({ min: 16, max: 500, noNaN: true }), (from, total) => {
        expect(isFlat(samples((i) => from + (i * total) / 100))).toBe(false);
        expect(isFlat(samples((i) => from + (i * 2) / 179))).toBe(true);
      }),
    );
  });
});
