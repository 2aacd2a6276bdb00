import { describe, expect, it } from '@jest/globals';
import { BoundedCache } from './bounded-cache.ts';

describe('a bounded cache', () => {
  it('makes a value once for each owner', () => {
    const cache = new BoundedCache<object>(4);
    const [mine, yours] = [cache.part(), cache.part()];
    const first = mine('a', () => ({}));
    expect(mine('a', () => ({}))).toBe(first);
    expect(yours('a', () => ({}))).not.toBe(first);
  });

  it('never keeps more than its capacity for all; what was made first goes first', () => {
    const cache = new BoundedCache<string>(3);
    const get = cache.part();
    for (const key of ['a', 'b', 'c', 'd', 'd']) get(key, () => key);
    expect(cache.size).toBe(3);
    expect(get('d', () => 'again')).toBe('d');
    expect(get('a', () => 'again')).toBe('again');
    for (let index = 0; index < 100; index += 1) cache.part()(String(index), () => '');
    expect(cache.size).toBe(3);
  });
});
