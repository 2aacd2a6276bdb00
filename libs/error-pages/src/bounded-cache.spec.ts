import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BoundedCache } from './bounded-cache.ts';

const cacheOf = (capacity: number) => new BoundedCache<string>({ capacity, costOf: (text) => text.length });

describe('a bounded cache', () => {
  it('makes a value once for each owner', () => {
    const cache = new BoundedCache<object>({ capacity: 4, costOf: () => 1 });
    const [mine, yours] = [cache.part(), cache.part()];
    const first = mine('a', () => ({}));
    expect(mine('a', () => ({}))).toBe(first);
    expect(yours('a', () => ({}))).not.toBe(first);
  });

  it('lets go first what nobody asked for the longest', () => {
    const cache = cacheOf(3);
    const get = cache.part();
    for (const key of ['a', 'b', 'c', 'a', 'd']) get(key, () => key);
    expect(cache.cost).toBe(3);
    expect(get('a', () => '!')).toBe('a');
    expect(get('b', () => '!')).toBe('!');
  });

  it('never holds more than its capacity, but for one value that alone takes more', () => {
    const asked = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat({ max: 12 })));
    fc.assert(
      fc.property(asked, (all) => {
        const cache = cacheOf(10);
        for (const [key, length] of all) {
          const value = cache.get(key, () => 'x'.repeat(length));
          expect(cache.get(key, () => '!')).toBe(value);
          expect(cache.cost).toBeLessThanOrEqual(Math.max(10, value.length));
        }
      }),
    );
  });
});
