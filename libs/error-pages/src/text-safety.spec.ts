import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asJson, asMarkup, asOneLine, cutTo } from './text-safety.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
);

describe('text on one line', () => {
  it('has no character that steers a terminal, breaks the line, or turns the direction of others', () => {
    expect(asOneLine('a\u001b[31mb\nc\u202ed\u0000')).toBe('a\ufffd[31mb\ufffdc\ufffdd\ufffd');
    fc.assert(
      fc.property(anyText, (text) => {
        expect(asOneLine(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(asOneLine(text).isWellFormed()).toBe(true);
        expect(asOneLine(text)).toHaveLength(text.length);
      }),
    );
  });

  it('keeps the letters of every script, joined as they are', () => {
    for (const text of ['Größe', '提示', 'می\u200cخواهم', 'क्\u200dष', '👩‍🍳']) expect(asOneLine(text)).toBe(text);
  });
});

describe('text for markup', () => {
  it('opens and closes nothing', () => {
    expect(asMarkup(`<a href="x" title='y'>&amp;`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;');
    fc.assert(fc.property(anyText, (text) => expect(asMarkup(text)).not.toMatch(/[<>"']/)));
  });
});

describe('text for JSON', () => {
  it('comes back as it was', () => {
    fc.assert(fc.property(anyText, (text) => expect(JSON.parse(`"${asJson(text)}"`)).toBe(text)));
  });
});

describe('long text', () => {
  it('is cut between characters', () => {
    expect(cutTo(5, 'abcde')).toBe('abcde');
    expect(cutTo(5, 'abcdef')).toBe('abcd…');
    expect(cutTo(5, 'abc👍def')).toBe('abc…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.integer({ min: 1, max: 10 }), (text, length) => {
        const cut = cutTo(length, text);
        expect(cut.length).toBeLessThanOrEqual(length);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});
