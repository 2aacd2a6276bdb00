/**
 * Duty: the place in the text of an expression that is being read, and why it was refused. Must not know the grammar.
 */

export interface Reading {
  readonly text: string;
  /** Index of the next character. */
  at: number;
  /** Groups that are open here. */
  depth: number;
  /** Captures that were opened so far. */
  captures: number;
  /** The first reason to refuse; set by `refuse` only. */
  refusal?: string;
}

/** The text from the current place is `expected`; moves behind it. */
export function skip(reading: Reading, expected: string): boolean {
  const isThere = reading.text.startsWith(expected, reading.at);
  if (isThere) reading.at += expected.length;
  return isThere;
}

/** The match of a sticky (`y`) expression at the current place; moves behind it. */
export function skipMatch(reading: Reading, expected: RegExp): RegExpExecArray | undefined {
  expected.lastIndex = reading.at;
  const match = expected.exec(reading.text) ?? undefined;
  if (match !== undefined) reading.at += match[0].length;
  return match;
}

/** The next character, or undefined at the end. */
export function peek(reading: Reading): string | undefined {
  return reading.text[reading.at];
}

/** Notes why the expression is refused, unless there is a reason already. Answers undefined, for `return refuse(…)`. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- plain undefined would be taken for void
export function refuse<T>(reading: Reading, reason: string): T | undefined {
  reading.refusal ??= reason;
  return undefined;
}
