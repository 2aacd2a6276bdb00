import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sortTogether } from './sort-together.ts';

const ascending = (a: number, b: number) => a - b;

describe('sortTogether', () => {
  it('is the same as sorting all at once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (kept, added) => {
        const sorted = kept.toSorted(ascending);
        expect(sortTogether(sorted, added, ascending)).toEqual([...kept, ...added].sort(ascending));
      }),
    );
  });

  it('gives the list itself back when nothing is added', () => {
    const kept = [1, 2];
    expect(sortTogether(kept, [], ascending)).toBe(kept);
  });
});
