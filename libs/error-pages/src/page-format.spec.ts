import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { negotiateFormat } from './page-format.ts';

const FORMATS = ['text/html', 'application/json', 'application/problem+json', 'text/plain'] as const;
const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

describe('the format of a page', () => {
  it.each([
    [chrome, 'text/html'],
    ['*/*', 'text/html'],
    ['text/html', 'text/html'],
    ['TEXT/HTML', 'text/html'],
    ['application/json', 'application/json'],
    ['application/problem+json', 'application/problem+json'],
    ['application/problem+json, application/json;q=0.9', 'application/problem+json'],
    ['application/json, application/problem+json', 'application/json'],
    ['application/*', 'application/json'],
    ['text/*', 'text/html'],
    ['text/*, text/html;q=0', 'text/plain'],
    ['text/plain, */*;q=0.1', 'text/plain'],
    ['text/html;q=0.2, application/json;q=0.3', 'application/json'],
    ['*/*, text/html;q=0', 'application/json'],
    ['application/json; charset=utf-8', 'text/plain'],
    ['image/avif,image/webp', 'text/plain'],
    ['*/*;q=0', 'text/plain'],
    ['nonsense', 'text/plain'],
    [',,,', 'text/plain'],
  ])('for Accept %j is %s', (accept, expected) => {
    expect(negotiateFormat({ accept, xFormat: undefined })).toBe(expected);
  });

  it('is HTML for a client that says nothing', () => {
    expect(negotiateFormat({ accept: undefined, xFormat: undefined })).toBe('text/html');
    expect(negotiateFormat({ accept: ' ', xFormat: '' })).toBe('text/html');
  });

  it('follows X-Format before Accept, and Accept when X-Format is empty', () => {
    expect(negotiateFormat({ xFormat: 'application/json', accept: chrome })).toBe('application/json');
    expect(negotiateFormat({ xFormat: 'image/png', accept: chrome })).toBe('text/plain');
    expect(negotiateFormat({ xFormat: '', accept: 'application/json' })).toBe('application/json');
  });

  it('is the one that the client likes best by the most exact range that names it, as RFC 9110 says', () => {
    const range = fc.constantFrom('*/*', 'text/*', 'application/*', 'image/png', ...FORMATS);
    const quality = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
    const wishes = fc.uniqueArray(fc.tuple(range, quality), { minLength: 1, maxLength: 8, selector: ([name]) => name });
    fc.assert(
      fc.property(wishes, (ranges) => {
        const accept = ranges.map(([name, q]) => `${name};q=${q}`).join(', ');
        const chosen = negotiateFormat({ accept, xFormat: undefined });
        const best = Math.max(...FORMATS.map((format) => likingOf(ranges, format)));
        if (best === 0) expect(chosen).toBe('text/plain');
        else expect(likingOf(ranges, chosen)).toBe(best);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is found for any text, in time that grows with its length only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (accept) => {
        expect(FORMATS).toContain(negotiateFormat({ accept, xFormat: undefined }));
      }),
    );
    for (const part of [',', ';', '"', '\\"', ' ', 'a/a,', 'a/a;b="', 'a/a;q=1;', '*/*;', '/', '=']) {
      const accept = part.repeat(Math.floor(16_000 / part.length));
      // The quickest of some tries: a busy machine makes any single one slow.
      const triesMs = Array.from({ length: 5 }, () => {
        const startedMs = performance.now();
        negotiateFormat({ accept, xFormat: undefined });
        return performance.now() - startedMs;
      });
      expect(Math.min(...triesMs)).toBeLessThan(100);
    }
  });
});

/** The quality of the most exact range that matches, 0 when none does. */
function likingOf(ranges: readonly (readonly [string, number])[], format: string): number {
  const qualities = new Map(ranges);
  return qualities.get(format) ?? qualities.get(`${format.split('/')[0] ?? ''}/*`) ?? qualities.get('*/*') ?? 0;
}
