import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonSchema } from './combinator.ts';
import { textsOfCombinators } from './texts.arbitrary.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'grapheme-ascii' }));

function schemaAccepts({ pattern, enum: words, maxLength = Infinity }: JsonSchema, text: string): boolean {
  const patternAccepts = pattern === undefined || new RegExp(pattern, 'u').test(text);
  return patternAccepts && (words === undefined || words.includes(text)) && text.length <= maxLength;
}

describe.each(textsOfCombinators)('the combinator: $name', ({ combinator, valid, invalid }) => {
  it('reads every valid text', () => {
    fc.assert(fc.property(valid, (text) => expect(combinator.parse(text)).toMatchObject({ ok: true })));
  });

  it('refuses every invalid text, in one printable sentence that says what is allowed', () => {
    fc.assert(
      fc.property(invalid, (text) => {
        const result = combinator.parse(text);
        if (result.ok) throw new Error(`${JSON.stringify(text)} was read as ${JSON.stringify(result.value)}`);
        expect(result.error).toContain(combinator.english.split(';')[0]);
        expect(result.error).not.toMatch(/\p{Cc}|\.$/u);
        expect(result.error.length).toBeLessThan(500);
      }),
    );
  });

  it('answers any text at all, and always the same', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, valid, invalid), (text) => {
        expect(combinator.parse(text)).toEqual(combinator.parse(text));
      }),
    );
  });

  it('has a JSON schema that refuses nothing that is read', () => {
    fc.assert(
      fc.property(fc.oneof(valid, invalid, anyText), (text) => {
        const accepted = !combinator.parse(text).ok || schemaAccepts(combinator.schema, text.trim());
        expect([text, accepted]).toEqual([text, true]);
      }),
    );
  });
});

describe('every combinator', () => {
  const long = 1_000_000;
  const hostile = [
    'a',
    '1',
    '$',
    '$1',
    '/',
    '//',
    ',',
    ', ',
    ':',
    '::',
    '1:',
    '1.',
    '%',
    ' ',
    '\n',
    '{',
    '${',
    '0',
    'a-',
    '400,',
    '10.0.0.0/8,',
  ];

  it.each(textsOfCombinators)(
    'answers a million hostile characters, and as many as are allowed, at once: $name',
    ({ combinator }) => {
      for (const unit of hostile) {
        for (const length of [1500, 65_536, long]) {
          const text = `/${unit.repeat(length / unit.length)}`;
          const startedMs = performance.now();
          combinator.parse(text);
          combinator.parse(text.slice(1));
          expect([unit, performance.now() - startedMs < 500]).toEqual([unit, true]);
        }
      }
    },
  );
});
