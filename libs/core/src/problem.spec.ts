import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareProblems, quoteFound, type Problem } from './problem.ts';

describe('the order of Problems', () => {
  it('counts the indexes of fields, and is the same whatever the order they were found in', () => {
    const fields = [
      '',
      'spec.rules[0].http.paths[2]',
      'spec.rules[0].http.paths[10]',
      'spec.rules[2].host',
      'spec.tls[0]',
    ];
    const problems = fields.map((field): Problem => {
      return { code: 'PathInvalid', object: { kind: 'Ingress', namespace: 'a', name: 'b' }, field, message: '' };
    });
    expect(problems.toReversed().sort(compareProblems)).toEqual(problems);
  });
});

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
