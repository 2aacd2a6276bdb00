import { describe, expect, it } from '@jest/globals';
import { fallsShort, percentile, renderRow, type Figure, type Measured } from './figure.ts';

const memory: Figure = { name: 'memory', unit: 'MiB', measured: 123.4, bar: { atMost: 200 } };

describe('a figure', () => {
  it.each<[Figure, string]>([
    [memory, '| memory | ≤ 200 MiB | 123 MiB | holds |'],
    [{ ...memory, measured: 201 }, '| memory | ≤ 200 MiB | 201 MiB | falls short |'],
    [
      { name: 'reloads', unit: 'count', measured: 6, bar: { atMost: 5 }, note: 'in 2 s' },
      '| reloads | ≤ 5 | 6 (in 2 s) | falls short |',
    ],
    [{ name: 'speed', unit: 'ratio', measured: 0.978, bar: { atLeast: 0.9 } }, '| speed | ≥ 0.9 | 0.98 | holds |'],
  ])('is a row of a table with its unit', (figure, row) => {
    expect(renderRow(figure)).toBe(row);
  });

  it('without a bar is shown all the same, and breaks no promise', () => {
    const seen: Measured = { name: 'start', unit: 'ms', measured: 12.34 };
    expect(renderRow(seen)).toBe('| start | – | 12.3 ms | |');
    expect(fallsShort(seen)).toBe(false);
  });

  it('holds at its bar', () => {
    expect(fallsShort({ ...memory, measured: 200 })).toBe(false);
    expect(fallsShort({ ...memory, measured: 200.1 })).toBe(true);
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [hundred, 0.95, 95],
    [hundred, 1, 100],
    [[7], 0.95, 7],
    [[1, 2, 3], 0.5, 2],
  ])('is the value that so many do not go beyond', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});
