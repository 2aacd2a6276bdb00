import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Negotiator from 'negotiator';
import { negotiateFormat, PAGE_FORMATS } from './page-format.ts';

const chrome = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

function formatFor(accept: string) {
  return negotiateFormat({ accept, xFormat: undefined });
}

describe('the format of a page', () => {
  it.each([
    [chrome, 'text/html'],
    ['image/avif,image/webp,image/apng,*/*;q=0.8', 'text/html'],
    ['*/*', 'text/html'],
    ['text/html', 'text/html'],
    ['TEXT/HTML', 'text/html'],
    ['application/json', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['application/problem+json', 'application/problem+json'],
    ['application/problem+json, application/json;q=0.9', 'application/problem+json'],
    ['application/problem+json, application/json', 'application/problem+json'],
    ['application/json, application/problem+json', 'application/json'],
    ['application/xml', 'application/xml'],
    ['application/*', 'application/json'],
    ['application/*, application/xml', 'application/xml'],
    ['text/*', 'text/html'],
    ['text/*, text/html;q=0', 'text/plain'],
    ['text/plain, */*;q=0.1', 'text/plain'],
    ['text/html;q=0.2, application/json;q=0.3', 'application/json'],
    ['text/html;q=0.9, */*', 'application/json'],
    ['*/*, text/html;q=0', 'application/json'],
  ])('for Accept %j is %s', (accept, expected) => {
    expect(formatFor(accept)).toBe(expected);
  });

  it.each([
    ['application/json; charset=utf-8', 'application/json'],
    ['application/json;charset="UTF-8"', 'application/json'],
    ['text/html;level=1, application/xml;q=0.1', 'application/xml'],
    ['text/plain;format=flowed, text/html;q=0.5', 'text/html'],
    ['text/html;charset=utf-8;q=0.1, text/html;q=0.9, text/plain;q=0.5', 'text/plain'],
    ['text/html;q=0.5;level=1', 'text/html'],
    ['text/plain;x="a,text/html;q=1"', 'text/plain'],
    ['text/plain;x="\\",text/html', 'text/plain'],
    ['text/html;;q=0.5;', 'text/html'],
    ['text/html ; Q=0.1 , text/plain\t;\tq=0.2', 'text/plain'],
  ])('minds parameters: %j is %s', (accept, expected) => {
    expect(formatFor(accept)).toBe(expected);
  });

  it.each([
    ['text/html;q=2, application/xml;q=0.1', 'application/xml'],
    ['text/html;q=-1, application/xml', 'application/xml'],
    ['text/html;q=0.1234, application/xml', 'application/xml'],
    ['text/html;q, application/xml', 'application/xml'],
    ['text/html;q="1, application/xml', 'text/plain'],
    ['nonsense', 'text/plain'],
    ['/', 'text/plain'],
    [',,,', 'text/plain'],
  ])('leaves out what cannot be read: %j is %s', (accept, expected) => {
    expect(formatFor(accept)).toBe(expected);
  });

  it.each([
    ['image/avif,image/webp', 'text/plain'],
    ['*/*;q=0', 'text/plain'],
    ['application/vnd.api+json', 'application/json'],
    ['application/json;version=2', 'application/json'],
    ['application/geo+json;q=0.5, text/xml', 'application/xml'],
    ['application/problem+xml', 'application/xml'],
    ['application/xhtml+xml', 'text/html'],
    ['text/html;level=1', 'text/html'],
    ['application/vnd.api+json, application/json;q=0', 'text/plain'],
    ['application/vnd.api+json;q=0', 'text/plain'],
  ])('is the nearest to what nobody can have: %j is %s', (accept, expected) => {
    expect(formatFor(accept)).toBe(expected);
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
});

const range = fc.constantFrom('*/*', 'text/*', 'application/*', 'image/png', 'a/*', ...PAGE_FORMATS);
const quality = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
const wishes = fc.uniqueArray(fc.tuple(range, quality), { minLength: 1, maxLength: 9, selector: ([name]) => name });

function headerOf(ranges: readonly (readonly [string, number])[]): string {
  return ranges.map(([name, q]) => `${name};q=${q}`).join(', ');
}

describe('the format of a page, for any list of media ranges', () => {
  it('is the one that the client likes best by the most exact range that names it, as RFC 9110 says', () => {
    fc.assert(
      fc.property(wishes, (ranges) => {
        const qualities = new Map<string, number>(ranges);
        const likingOf = (format: string): number =>
          qualities.get(format) ?? qualities.get(`${format.split('/')[0] ?? ''}/*`) ?? qualities.get('*/*') ?? 0;
        const best = Math.max(...PAGE_FORMATS.map(likingOf));
        const chosen = formatFor(headerOf(ranges));
        if (best === 0) expect(chosen).toBe('text/plain');
        else expect(likingOf(chosen)).toBe(best);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the one that negotiator takes, if it takes any', () => {
    fc.assert(
      fc.property(wishes, (ranges) => {
        const accept = headerOf(ranges);
        const taken = new Negotiator({ headers: { accept } }).mediaType([...PAGE_FORMATS]);
        expect(formatFor(accept)).toBe(taken ?? 'text/plain');
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not depend on spaces, cases, empty items, or items that cannot be read', () => {
    const noise = fc.constantFrom('', ' ', ';q=1', 'a b/c', 'text/html;q=x', 'text/html;=', '\u0000', 'é/é');
    const space = fc.constantFrom('', ' ', '\t', '  ');
    fc.assert(
      fc.property(wishes, fc.array(noise), space, (ranges, broken, gap) => {
        const items = ranges.flatMap(([name, q], index) => [
          `${gap}${name.toUpperCase()}${gap};${gap}Q=${q}${gap}`,
          broken[index] ?? '',
        ]);
        expect(formatFor(items.join(','))).toBe(formatFor(headerOf(ranges)));
      }),
    );
  });

  it('is found for any text, in time that grows with its length only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (accept) => {
        expect(PAGE_FORMATS).toContain(formatFor(accept));
      }),
    );
    for (const part of [',', ';', '"', '\\"', ' ', 'a/a,', 'a/a;b="', 'a/a;q=1;', '*/*;', '*/*,', '/', '=', '+']) {
      const accept = part.repeat(Math.floor(16_000 / part.length));
      expect(quickestMs(() => formatFor(accept))).toBeLessThan(100);
    }
  });
});

/** The quickest of some tries: a busy machine makes any single one slow. */
function quickestMs(run: () => unknown): number {
  const triesMs = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    run();
    return performance.now() - startedMs;
  });
  return Math.min(...triesMs);
}
