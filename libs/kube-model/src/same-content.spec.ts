import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasSameContent } from './same-content.ts';

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(undefined), fc.uint8Array({ maxLength: 4 }));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string({ maxLength: 3 }), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  ),
}));

function copyOf(original: unknown): unknown {
  if (Array.isArray(original)) return original.map(copyOf);
  if (original instanceof Map) return new Map([...original].reverse().map(([key, entry]) => [key, copyOf(entry)]));
  if (original instanceof Uint8Array) return original.slice();
  if (typeof original !== 'object' || original === null) return original;
  return Object.fromEntries(Object.entries(original).map(([key, entry]) => [key, copyOf(entry)]));
}

describe('hasSameContent', () => {
  it('says yes to a deep copy', () => {
    fc.assert(fc.property(value, (original) => hasSameContent(original, copyOf(original))));
  });

  it('says the same both ways round', () => {
    fc.assert(fc.property(value, value, (a, b) => hasSameContent(a, b) === hasSameContent(b, a)));
  });

  it('agrees with the equality of the test runner', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        let isEqual = true;
        try {
          expect(a).toStrictEqual(b);
        } catch {
          isEqual = false;
        }
        return hasSameContent(a, b) === isEqual;
      }),
    );
  });

  it.each([
    [[], {}],
    [{}, new Map()],
    [[1], new Uint8Array([1])],
    [{ a: undefined }, {}],
    [[1, 2], [1]],
    [new Map([['a', 1]]), new Map([['a', 2]])],
    [{ a: { b: [1] } }, { a: { b: [2] } }],
    [null, {}],
    ['1', 1],
  ])('tells %p from %p', (a, b) => {
    expect(hasSameContent(a, b)).toBe(false);
  });
});
