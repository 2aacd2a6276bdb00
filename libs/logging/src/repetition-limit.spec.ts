import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRepetitionLimit } from './repetition-limit.ts';

const LIMITS = { periodMs: 1000, mostAlike: 3, mostInAll: 10 };

describe('a limit of what repeats itself', () => {
  it('admits so many alike in a period, and tells with the next how many it left out', () => {
    const limit = createRepetitionLimit(LIMITS);
    const admitted = Array.from({ length: 8 }, (_, index) => limit.admit('a', index));
    expect(admitted).toEqual([0, 0, 0, undefined, undefined, undefined, undefined, undefined]);
    expect(limit.admit('b', 9)).toBe(0);
    expect(limit.admit('a', 1000)).toBe(5);
    expect(limit.admit('a', 1001)).toBe(0);
  });

  it('never admits more than it may, and tells of each that it left out, as long as it can remember it', () => {
    const events = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), afterMs: fc.nat(300) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(events, (all) => {
        const limit = createRepetitionLimit({ ...LIMITS, mostInAll: 1000 });
        const told = new Map<string, number>();
        const leftOut = new Map<string, number>();
        let atMs = 0;
        for (const { key, afterMs } of all) {
          atMs += afterMs;
          const answer = limit.admit(key, atMs);
          if (answer === undefined) leftOut.set(key, (leftOut.get(key) ?? 0) + 1);
          else told.set(key, (told.get(key) ?? 0) + answer);
        }
        atMs += 1000;
        for (const key of leftOut.keys()) told.set(key, (told.get(key) ?? 0) + (limit.admit(key, atMs) ?? NaN));
        for (const [key, count] of leftOut) expect(told.get(key)).toBe(count);
      }),
    );
  });

  it('admits a bounded number of what is always different', () => {
    const limit = createRepetitionLimit(LIMITS);
    const admitted = Array.from({ length: 500 }, (_, index) => limit.admit(`k${index}`, 0));
    expect(admitted.filter((one) => one !== undefined)).toHaveLength(10);
  });
});
