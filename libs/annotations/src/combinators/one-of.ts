/**
 * Duty: one word out of a few.
 */
import { err, ok } from '@gatehouse/core';
import { combinator, type Combinator } from './combinator.ts';

export interface OneOf<Word extends string> {
  readonly words: readonly Word[];
  /** `any`: upper and lower case are the same. */
  readonly letterCase: 'any' | 'exact';
  /** Words that others know and we refuse, each with the reason. In the case of `words`. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** One of `words`, given back in their own case. */
export function oneOf<Word extends string>({ words, letterCase, refused = {} }: OneOf<Word>): Combinator<Word> {
  const fold = (text: string) => (letterCase === 'any' ? text.toLowerCase() : text);
  const wordOf = new Map(words.map((word) => [fold(word), word]));
  const reasonOf = new Map(Object.entries(refused).map(([word, reason]) => [fold(word), reason]));
  return combinator({
    english: `one of ${words.join(', ')}`,
    schema: { type: 'string', pattern: `^(${words.map(letterCase === 'any' ? patternInAnyCase : String).join('|')})$` },
    read(text) {
      const word = wordOf.get(fold(text));
      return word === undefined ? err(reasonOf.get(fold(text)) ?? '') : ok(word);
    },
  });
}

/** One of a few numbers. */
export function oneNumberOf(numbers: readonly number[]): Combinator<number> {
  const words = oneOf({ words: numbers.map(String), letterCase: 'exact' });
  return {
    ...words,
    parse(text) {
      const word = words.parse(text);
      return word.ok ? ok(Number(word.value)) : word;
    },
  };
}

function patternInAnyCase(word: string): string {
  const letters = Array.from(word, (letter) => {
    const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
    return lower === upper ? letter : `[${upper}${lower}]`;
  });
  return letters.join('');
}
