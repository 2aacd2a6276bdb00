import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONTENT_CODINGS, negotiateCoding } from './content-coding.ts';

describe('the compression of a page', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate, zstd', 'zstd'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.1, zstd;q=0.11', 'zstd'],
    ['*', 'br'],
    ['*;q=0.5, br;q=0', 'zstd'],
    ['identity, gzip;q=0.5', undefined],
    ['identity;q=0.1, gzip;q=0.5', 'gzip'],
    ['identity;q=0', undefined],
    ['*;q=0', undefined],
    ['gzip;q=0', undefined],
    ['deflate', undefined],
    ['brr, xgzip', undefined],
    [`gzip${',x'.repeat(500)}`, undefined],
  ])('for Accept-Encoding %j is %s', (header, expected) => {
    expect(negotiateCoding(header)).toBe(expected);
  });

  it('is none that the client does not want, and none that it likes less than another', () => {
    const name = fc.constantFrom(...CONTENT_CODINGS, 'identity', '*', 'deflate');
    const quality = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
    const wishes = fc.uniqueArray(fc.tuple(name, quality), { maxLength: 6, selector: ([coding]) => coding });
    fc.assert(
      fc.property(wishes, (ranges) => {
        const qualities = new Map<string, number>(ranges);
        const likingOf = (coding: string): number => qualities.get(coding) ?? qualities.get('*') ?? 0;
        const chosen = negotiateCoding(ranges.map(([coding, q]) => `${coding};q=${q}`).join(', '));
        if (chosen !== undefined) expect(likingOf(chosen)).toBeGreaterThan(0);
        const best = Math.max(...CONTENT_CODINGS.map(likingOf));
        if (chosen !== undefined) expect(likingOf(chosen)).toBe(best);
        // One that is not named at all is liked least, but the page itself is always there.
        else expect(best).toBeLessThanOrEqual(qualities.get('identity') ?? qualities.get('*') ?? 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is found for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect([...CONTENT_CODINGS, undefined]).toContain(negotiateCoding(header));
      }),
    );
  });
});
