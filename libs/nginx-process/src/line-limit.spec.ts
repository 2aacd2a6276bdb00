import { describe, expect, it } from '@jest/globals';
import { createLineLimit } from './line-limit.ts';

const refused = (connection: number): string =>
  `*${connection} connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1`;

describe('the limit of what nginx says', () => {
  it('lets through what is said now and then', () => {
    const limit = createLineLimit();
    const admitted = Array.from({ length: 100 }, (_, index) => limit.admit(refused(index), index * 1000));
    expect(admitted).toEqual(Array.from({ length: 100 }, () => 0));
  });

  it('leaves out most of what is said all the time, and then tells how much that was', () => {
    const limit = createLineLimit();
    const admitted = Array.from({ length: 500 }, (_, index) => limit.admit(refused(index), index));
    expect(admitted.filter((left) => left === 0)).toHaveLength(20);
    expect(limit.admit(refused(501), 10_000)).toBe(480);
    expect(limit.admit(refused(502), 10_001)).toBe(0);
  });

  it('lets others through meanwhile', () => {
    const limit = createLineLimit();
    for (let index = 0; index < 500; index += 1) limit.admit(refused(index), index);
    expect(limit.admit('worker process 7 exited on signal 11', 600)).toBe(0);
  });

  it('lets through a bounded number, and remembers no more, when every line is another', () => {
    const limit = createLineLimit();
    const admitted = Array.from({ length: 5000 }, (_, index) =>
      limit.admit(`${'abcdefghij'[index % 10] ?? ''.repeat(9)}${index.toString(2).replaceAll('0', 'x')} is odd`, index),
    );
    expect(admitted.filter((left) => left !== undefined).length).toBeLessThanOrEqual(200);
  });
});
