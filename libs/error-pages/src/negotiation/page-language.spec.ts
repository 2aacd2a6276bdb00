import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LANGUAGES, negotiateLanguage, type Language } from './page-language.ts';

describe('the language of a page', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['DE', 'de'],
    ['de-AT', 'de'],
    ['de-Latn-AT-1996', 'de'],
    ['zh-Hant', 'zh'],
    ['zh-Hant-TW, en;q=0.5', 'zh'],
    ['pt-BR,pt;q=0.9,en;q=0.8', 'pt'],
    ['da, de-AT;q=0.5, en;q=0.4', 'de'],
    ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'fr'],
    ['en;q=0.2, hi;q=0.7, ar;q=0.6', 'hi'],
    ['ja, es', 'ja'],
    ['nl', 'en'],
    ['*', 'en'],
    ['*, de;q=0.5', 'de'],
    ['den', 'en'],
    ['d', 'en'],
  ])('for Accept-Language %j is %s', (header, expected) => {
    expect(negotiateLanguage(header, LANGUAGES)).toBe(expected);
  });

  it.each([
    ['en;q=0', 'de'],
    ['en;q=0, de;q=0.000, *', 'fr'],
    ['de-AT, de;q=0', 'en'],
    ['de-CH;q=0, de', 'de'],
    [LANGUAGES.map((language) => `${language};q=0`).join(), 'en'],
  ])('is none that was refused: %j is %s', (header, expected) => {
    expect(negotiateLanguage(header, LANGUAGES)).toBe(expected);
  });

  it.each([
    ['de;q=5, fr', 'fr'],
    ['de_AT, fr;q=0.1', 'fr'],
    ['*-DE, fr;q=0.1', 'fr'],
    ['de-, fr;q=0.1', 'fr'],
    ['-de, fr;q=0.1', 'fr'],
    ['deutschdeutsch, ;;, "de", =, fr;q=0.1', 'fr'],
  ])('leaves out what cannot be read: %j is %s', (header, expected) => {
    expect(negotiateLanguage(header, LANGUAGES)).toBe(expected);
  });

  it('is one of those offered', () => {
    expect(negotiateLanguage('fr, de;q=0.1', ['de', 'en'])).toBe('de');
    expect(negotiateLanguage('fr', ['de', 'en'])).toBe('de');
  });

  it('is what the lookup of RFC 4647 finds', () => {
    const subtag = fc.constantFrom('AT', 'Latn', '1996', 'x');
    const tag = fc.tuple(fc.constantFrom(...LANGUAGES, 'nl', 'tlh'), fc.array(subtag, { maxLength: 3 }));
    const wish = fc.tuple(tag, fc.integer({ min: 0, max: 1_000 }));
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 8 }), (wishes) => {
        const ranges = wishes.map(([[language, more], mille]) => ({ tag: [language, ...more].join('-'), mille }));
        const header = ranges.map(({ tag: range, mille }) => `${range};q=${mille / 1_000}`).join(', ');
        expect(negotiateLanguage(header, LANGUAGES)).toBe(lookUpSimply(ranges));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found for any text, in time that grows with its length only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(LANGUAGES).toContain(negotiateLanguage(header, LANGUAGES));
      }),
    );
    const long = [`a${'-a'.repeat(8_000)}`, 'a,'.repeat(8_000), 'a;q=0,'.repeat(2_600), '-'.repeat(16_000)];
    for (const header of long) {
      const startedMs = performance.now();
      negotiateLanguage(header, LANGUAGES);
      expect(performance.now() - startedMs).toBeLessThan(500);
    }
  });
});

/** Written from the RFC's words: every range by falling weight, every prefix of it by falling length. */
function lookUpSimply(ranges: readonly { readonly tag: string; readonly mille: number }[]): Language {
  const offered = LANGUAGES.filter((language) => !ranges.some(({ tag, mille }) => mille === 0 && tag === language));
  const weights = [...new Set(ranges.map(({ mille }) => mille))].filter((mille) => mille > 0);
  for (const weight of weights.sort((a, b) => b - a)) {
    for (const { tag, mille } of ranges) {
      const found = mille === weight ? offered.find((language) => tag.split('-')[0] === language) : undefined;
      if (found !== undefined) return found;
    }
  }
  return offered[0] ?? 'en';
}
