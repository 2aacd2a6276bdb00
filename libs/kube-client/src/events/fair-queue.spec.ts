import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.ts';

/** Each item says its group by its first letter. */
const aQueue = (limit: number): FairQueue<string> => new FairQueue(limit, (item) => item.slice(0, 1));

function drain(queue: FairQueue<string>): readonly string[] {
  const items: string[] = [];
  for (let item = queue.next(); item !== undefined; item = queue.next()) items.push(item);
  return items;
}

describe('a fair queue', () => {
  it('lets groups take turns, and keeps the order within each', () => {
    const queue = aQueue(10);
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item);
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(queue.next()).toBeUndefined();
  });

  it('drops the oldest item of the largest group when there are too many', () => {
    const queue = aQueue(3);
    expect(['b1', 'a1', 'a2', 'a3', 'a4', 'c1'].map((item) => queue.add(item))).toEqual([
      undefined,
      undefined,
      undefined,
      'a1',
      'a2',
      'a3',
    ]);
    expect(drain(queue)).toEqual(['b1', 'c1', 'a4']);
  });
});
