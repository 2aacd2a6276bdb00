/**
 * Duty: what may become of the bytes of a request on their way, or under the hands of somebody who tries what a parser does.
 */
import fc from 'fast-check';

/** One change; places are taken modulo the length. */
export type Mutation =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'double'; readonly at: number; readonly length: number }
  | { readonly kind: 'drop'; readonly at: number; readonly length: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

const texts = [
  ...[
    '\0',
    '"',
    '\\',
    '\\u0000',
    '\\ud800',
    '\\"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'null',
    '1e999',
    '-',
    'true',
    '//',
    '\n',
  ],
  ...[
    '"__proto__":',
    '"constructor":{},',
    '{"a":'.repeat(200),
    '['.repeat(5000),
    '"'.padEnd(70_000, 'x'),
    '0'.repeat(400),
  ],
  ...['\ufeff', 'é', '\u2028', '"uid":"other",', '"operation":"DELETE",', '"object":null,', '"oldObject":[],'],
];
const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...texts).map((text) => new Uint8Array(Buffer.from(text))) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }) },
);
const at = fc.nat();
const length = fc.integer({ min: 1, max: 200 });

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('double' as const), at, length }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('drop' as const), at, length }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('insert' as const), at, bytes }) },
);

export function mutated(whole: Buffer, one: Mutation): Buffer {
  const at = one.at % (whole.length + 1);
  const [before, after] = [whole.subarray(0, at), whole.subarray(at)];
  switch (one.kind) {
    case 'cut':
      return before;
    case 'double':
      return Buffer.concat([before, after.subarray(0, one.length), after]);
    case 'drop':
      return Buffer.concat([before, after.subarray(one.length)]);
    case 'insert':
      return Buffer.concat([before, one.bytes, after]);
    case 'flip':
      return Buffer.concat([before, after.subarray(0, 1).map((byte) => byte ^ (1 << one.bit)), after.subarray(1)]);
  }
}
