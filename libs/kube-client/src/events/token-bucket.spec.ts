import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it('gives its burst at once, and then one in each interval', () => {
    const bucket = new TokenBucket({ burst: 2, refillMs: 1000 }, 5000);
    expect([bucket.take(5000), bucket.take(5000), bucket.take(5000)]).toEqual([true, true, false]);
    expect(bucket.waitMs(5400)).toBe(600);
    expect([bucket.take(5999), bucket.take(6000), bucket.take(6000)]).toEqual([false, true, false]);
  });

  it('never holds more than its burst', () => {
    const bucket = new TokenBucket({ burst: 2, refillMs: 1000 }, 0);
    expect(bucket.waitMs(1_000_000)).toBe(0);
    const taken = [1, 2, 3].map(() => bucket.take(1_000_000));
    expect(taken).toEqual([true, true, false]);
  });
});
