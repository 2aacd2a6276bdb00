import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changedKeys } from './changed-keys.ts';

describe('changedKeys', () => {
  it('finds what is there in one map only or has another value, in whatever order the maps are', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.nat(9), fc.nat(2)), { selector: ([key]) => key });
    fc.assert(
      fc.property(entries, entries, (before, now) => {
        const [a, b] = [new Map(before), new Map(now)];
        const expected = Array.from({ length: 10 }, (_, key) => key).filter((key) => a.get(key) !== b.get(key));
        expect([...changedKeys(a, b)].sort()).toEqual(expected);
      }),
    );
  });

  it('finds one changed, one removed and one added in a changed copy', () => {
    const before = new Map([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect(changedKeys(before, new Map(before))).toEqual(new Set());
    expect(changedKeys(before, new Map(before).set('b', 9))).toEqual(new Set(['b']));
    expect(changedKeys(before, new Map(before).set('d', 4))).toEqual(new Set(['d']));
    const less = new Map(before);
    less.delete('c');
    expect(changedKeys(before, less)).toEqual(new Set(['c']));
  });
});
