import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changedKeys } from './changed-keys.ts';
import { LayeredMap } from './layered-map.ts';

const key = fc.integer({ min: 0, max: 400 });
const step = fc.tuple(key, fc.option(fc.object({ maxDepth: 0 }), { nil: undefined }));

describe('a layered map', () => {
  it('holds what a Map holds that was changed in the same way, and tells what has changed since any before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.object({ maxDepth: 0 })), { maxLength: 300 }),
        fc.array(step, { maxLength: 700, size: 'max' }),
        (first, steps) => {
          const plain = new Map(first);
          let layered = LayeredMap.of(new Map(plain));
          const [before, copy] = [layered, new Map(plain)];
          for (const [name, value] of steps) {
            if (value === undefined) plain.delete(name);
            else plain.set(name, value);
            layered = layered.with(name, value);
          }
          expect(new Map(layered)).toEqual(plain);
          expect(layered.size).toBe(plain.size);
          expect([...layered.keys()].sort()).toEqual([...plain.keys()].sort());
          for (const name of [0, 1, 200, 400]) expect(layered.get(name)).toBe(plain.get(name));
          expect(new Map(before)).toEqual(copy);
          expect(changedKeys(before, layered)).toEqual(changedKeys(copy, plain));
          expect(changedKeys(layered, before)).toEqual(changedKeys(plain, copy));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is followed by another for what differs, not for what it holds', () => {
    const many = LayeredMap.of(new Map(Array.from({ length: 100_000 }, (_, index) => [index, {}])));
    const next = many.with(5, {});
    expect([...(many.keysThatMayDiffer(next) ?? [])]).toEqual([5]);
    expect(changedKeys(many, next)).toEqual(new Set([5]));
  });

  it('begins anew when there are many differences', () => {
    const first = LayeredMap.of(new Map([[-1, 'x']]));
    let next = first;
    for (let index = 0; index < 300; index++) next = next.with(index, 'y');
    expect(first.keysThatMayDiffer(next)).toBeUndefined();
    expect(next.size).toBe(301);
  });
});
