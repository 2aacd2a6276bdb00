/**
 * Duty: valid and wrong texts out of a few of them: what is done to the texts of every combinator. For specs only.
 */
import fc from 'fast-check';
import type { Combinator } from './combinator.ts';

export interface TextsOfCombinator {
  readonly name: string;
  readonly combinator: Combinator<unknown>;
  readonly valid: fc.Arbitrary<string>;
  readonly invalid: fc.Arbitrary<string>;
}

/** White space may stand around every value. */
const padding = fc.constantFrom('', ' ', '\n', '\r\n', '\t ');

function padded(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(padding, text, padding).map((parts) => parts.join(''));
}

/** Valid text with a character inside that no value may hold: what ends a token, a comment, a quotation or a string. */
function spoiled(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const hostile = fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    '<',
    '`',
    '^',
    '\0',
    '\u001b',
    '\u007f',
    '\u0085',
    '\u2028',
    'é',
    '😀',
  );
  return fc.tuple(valid, hostile, fc.nat()).map(([text, character, seed]) => {
    const at = seed % (text.length + 1);
    return `${text.slice(0, at)}${character}${text.slice(at)}`;
  });
}

/** What is valid, with white space around it; what is wrong, spoiled or too long. */
export function texts(
  name: string,
  combinator: Combinator<unknown>,
  valid: fc.Arbitrary<string>,
  wrong: readonly string[],
) {
  const tooLong = valid.map((text) => text + 'a'.repeat(70_000));
  const invalid = fc.oneof(fc.constantFrom(...wrong), spoiled(valid), tooLong);
  return { name, combinator, valid: padded(valid), invalid };
}

/** Items with commas between them. */
export function listOf(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.array(item, { minLength: 1, maxLength: 20 }), fc.constantFrom(',', ', ', ',\n', ' ,\r\n  '))
    .map(([items, separator]) => items.join(separator));
}
