import { describe, expect, it } from '@jest/globals';
import { RecentMap } from './recent-map.ts';

describe('a memory of bounded size', () => {
  it('forgets what was not set for longest', () => {
    const memory = new RecentMap<string, number>(2);
    memory.set('a', 1);
    memory.set('b', 2);
    memory.set('a', 3);
    memory.set('c', 4);
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([3, undefined, 4]);
    memory.delete('a');
    expect(memory.get('a')).toBeUndefined();
  });
});
