/**
 * Duty: what a combinator is, and what all of them do alike: white space around a value does not count, its length is
 * bounded before anything else looks at it, only printable ASCII goes on, and errors read alike.
 * Must not know any particular value.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';

/** The part of JSON Schema (draft 2020-12) that describes the text of one value. */
export interface JsonSchema {
  readonly type: 'string';
  /** Has no flags and is anchored at both ends. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
}

/** Reads one kind of value, and describes it to people and to editors. */
export interface Combinator<T> {
  /** Completes "It must be …": `a size such as 8m, at most 2g`. */
  readonly english: string;
  readonly schema: JsonSchema;
  /** Total: any text gives a value or one English sentence, without a full stop, on what was found and what is allowed. */
  parse(text: string): Result<T>;
}

/** What a particular combinator adds to the common behaviour. */
export interface Grammar<T> {
  readonly english: string;
  readonly schema: JsonSchema;
  /** Longest text in characters; `valueCharacters` unless named. */
  readonly maxCharacters?: number;
  /** Line breaks and tabs may stand between items, as folded YAML leaves them. */
  readonly lines?: 'many' | 'one';
  /** Gets bounded, printable text without white space around it; the error is a reason, or `` when `english` says it all. */
  read(text: string): Result<T>;
}

/**
 * Longest value of one word in characters. nginx refuses tokens of 4,096 bytes and more; what a value becomes there
 * (a prefix, a variable's value) may be longer than what stands here.
 */
const valueCharacters = 1500;

/** Longest list in characters; each item is a token of its own. */
export const listCharacters = 65_536;

const printableLine = /^[\x20-\x7e]*$/;
const printableLines = /^[\t\n\r\x20-\x7e]*$/;

/** A combinator out of its grammar. */
export function combinator<T>(grammar: Grammar<T>): Combinator<T> {
  const { english, schema, maxCharacters = valueCharacters } = grammar;
  const allowed = grammar.lines === 'many' ? printableLines : printableLine;
  return {
    english,
    schema,
    parse(text) {
      const value = trimBlanks(text);
      const refuse = (reason: string) => err(`${quoteFound(value, 40)} is not ${english}${reason && `: ${reason}`}`);
      if (value === '') return err(`the value is empty; it must be ${english}`);
      if (value.length > maxCharacters) {
        return refuse(
          `it has ${value.length} characters, and ${maxCharacters} are the most that nginx can be given safely`,
        );
      }
      if (!allowed.test(value)) return refuse('it holds characters other than printable ASCII');
      const result = grammar.read(value);
      return result.ok ? result : refuse(result.error);
    },
  };
}

/** Reads a list that may be left empty: no text at all is no item. */
export function orEmpty<T>(list: Combinator<readonly T[]>): Combinator<readonly T[]> {
  return {
    english: `${list.english}; empty for none`,
    schema: list.schema.pattern === undefined ? list.schema : { ...list.schema, pattern: `^$|${list.schema.pattern}` },
    parse: (text) => (trimBlanks(text) === '' ? ok([]) : list.parse(text)),
  };
}

/** Without blanks, tabs and line breaks around it; other white space is part of the text. Linear, unlike `[ ]+$`. */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && blanks.includes(text.charAt(start))) start += 1;
  while (end > start && blanks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

const blanks = ' \t\n\r';

/** The items of a separated list, without white space around them. An item may be empty. */
export function splitList(text: string, separator: string): readonly string[] {
  return text.split(separator).map(trimBlanks);
}
