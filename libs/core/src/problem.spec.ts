import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quoteFound } from './problem.ts';

describe('quoted text of users', () => {
  it.each([
    ['abc', '"abc"'],
    ['say "hi"\n', '"say \\"hi\\"\\n"'],
    ['\u001b[2J\u007f\u009b', '"\\u001b[2J\\u007f\\u009b"'],
    ['a\u2028b\u202ec\ufeff', '"a\\u2028b\\u202ec\\ufeff"'],
    ['\u{e0001}', '"\\udb40\\udc01"'],
    ['a'.repeat(81), `"${'a'.repeat(80)}…"`],
    ['é', '"é"'],
  ])('%j is shown as %s', (text, shown) => {
    expect(quoteFound(text)).toBe(shown);
  });

  it('is one printable line that reads back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(quoteFound(text, 1000)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(quoteFound(text, 1000))).toBe(text);
      }),
    );
  });
});
