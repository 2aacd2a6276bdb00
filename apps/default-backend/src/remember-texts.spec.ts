import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rememberTexts } from './remember-texts.ts';

describe('texts that come again', () => {
  it('lead to the same, whatever came between', () => {
    const texts = fc.array(fc.oneof(fc.constantFrom('', 'a', '__proto__'), fc.string({ maxLength: 600 })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(texts, (some) => {
        const remembered = rememberTexts((text) => `<${text}>`);
        for (const text of [...some, ...some]) expect(remembered(text)).toBe(`<${text}>`);
      }),
    );
  });

  it('are not worked out again, unless they are long or many others came between', () => {
    let count = 0;
    const remembered = rememberTexts(() => ({ count: (count += 1) }));
    const first = remembered('text/html');
    expect(remembered('text/html')).toBe(first);
    const long = 'x'.repeat(513);
    expect(remembered(long)).not.toBe(remembered(long));
    for (let other = 0; other < 64; other += 1) remembered(`${other}`);
    expect(remembered('text/html')).not.toBe(first);
  });
});
