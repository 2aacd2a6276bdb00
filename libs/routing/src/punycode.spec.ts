import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { domainToASCII, domainToUnicode } from 'node:url';
import { decodeLabel, encodeLabel } from './punycode.ts';

/** Node's own IDNA (UTS 46) is the judge: what it turns into `xn--` and back is a label. */
const letters = fc.oneof(
  fc.constantFrom(...Array.from('abz09-äöüßéøłπωжщя中文字日本語한글ابשלאกขฃ')),
  fc
    .integer({ min: 0xa1, max: 0x2_fa1d })
    .map((point) => (point >= 0xd800 && point < 0xe000 ? 'ü' : String.fromCodePoint(point))),
);
const label = fc.array(letters, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));

describe('punycode', () => {
  it.each([
    ['bücher', 'xn--bcher-kva'],
    ['BÜCHER', 'xn--bcher-kva'],
    ['münchen', 'xn--mnchen-3ya'],
    ['例え', 'xn--r8jz45g'],
    ['пример', 'xn--e1afmkfd'],
    ['😀', 'xn--e28h'],
    ['plain', 'plain'],
  ])('of %s is %s', (text, encoded) => {
    expect(encodeLabel(text)).toBe(encoded);
  });

  it('is what Node makes of a label, and leads back to it', () => {
    let compared = 0;
    fc.assert(
      fc.property(label, (text) => {
        const ascii = domainToASCII(text);
        const unicode = domainToUnicode(ascii);
        if (!ascii.startsWith('xn--') || unicode !== text || text.normalize('NFC') !== text) return;
        compared += 1;
        expect(encodeLabel(text) ?? ascii).toBe(ascii);
        expect(decodeLabel(ascii)).toEqual({ ok: true, value: text });
      }),
      { numRuns: 2000 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  it.each([
    ['xn--', 'decodes to nothing'],
    ['xn---', 'decodes to nothing'],
    ['xn--abc-', 'decodes to nothing'],
    ['xn--a', 'decodes to something that is not written like that'],
    ['xn--99999999', 'decodes to nothing'],
    ['xn--zzzzzzzzzzzzzzz0', 'decodes to nothing'],
    ['xn--bcher-kv', 'decodes to nothing'],
    ['xn--bcher-kva1', 'decodes to nothing'],
    ['xn--b-cher-kva-', 'decodes to nothing'],
    // U+202E, which turns the direction of writing; a blank; an upper-case letter; a letter and an accent apart
    ['xn--abc-7q0a', 'decodes to something that is not written like that'],
    ['xn--ab-l13a', 'decodes to something that is not written like that'],
    ['xn--bcher-2pa', 'decodes to something that is not written like that'],
    ['xn--bucher-xyd', 'decodes to something that is not written like that'],
  ])('%s %s', (broken, error) => {
    expect(decodeLabel(broken)).toEqual({ ok: false, error });
  });

  it('is decoded as Node decodes it, and to nothing that would be written in another way', () => {
    const ending = fc.oneof(fc.stringMatching(/^[a-z0-9-]{0,20}$/), fc.stringMatching(/^[a-z]{1,5}-[a-z0-9]{1,6}$/));
    let decodable = 0;
    fc.assert(
      fc.property(ending, (text) => {
        const ascii = `xn--${text}`;
        const decoded = decodeLabel(ascii);
        if (!decoded.ok) return;
        expect(encodeLabel(decoded.value) ?? ascii).toBe(ascii);
        const unicode = domainToUnicode(ascii);
        if (unicode === ascii) return;
        decodable += 1;
        expect(decoded.value).toBe(unicode);
      }),
      { numRuns: 5000 },
    );
    expect(decodable).toBeGreaterThan(50);
  });
});
