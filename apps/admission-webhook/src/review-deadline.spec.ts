import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reviewDeadlineMs } from './review-deadline.ts';

describe('the time that a review has', () => {
  it.each([
    ['/validate?timeout=5s', 4500],
    ['/validate?timeout=10s', 9000],
    ['/validate?timeout=500ms', 450],
    ['/validate?timeout=1m0s', 27_000],
    ['/validate?timeout=2.5s', 2250],
    ['/validate?x=1&timeout=1s&timeout=9s', 900],
    ['/validate?timeout=999999s', 27_000],
  ])('is most of what the API server waits: %s', (url, ms) => {
    expect(reviewDeadlineMs(url, 2000)).toBe(ms);
  });

  it.each([
    ['/validate'],
    ['/validate?'],
    ['/validate?timeout='],
    ['/validate?timeout=5'],
    ['/validate?timeout=-5s'],
    ['/validate?timeout=0s'],
    ['/validate?timeout=1e9s'],
    ['/validate?timeout=NaN'],
    ['/validate?timeout=5s%00'],
    [`/validate?timeout=${'9'.repeat(10_000)}s`],
    ['/validate?Timeout=5s'],
  ])('is the default when that is not said: %s', (url) => {
    expect(reviewDeadlineMs(url, 2000)).toBe(1800);
  });

  it('is never nothing and never more than the API server could wait', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.msh]{1,12}$/)), (text) => {
        const ms = reviewDeadlineMs(`/validate?timeout=${text}`, 2000);
        expect(ms).toBeGreaterThan(0);
        expect(ms).toBeLessThanOrEqual(27_000);
      }),
    );
  });
});
