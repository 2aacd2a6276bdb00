/**
 * Duty: what all values of the policy ConfigMap have in common: lines with numbers, lists of words, and errors that name
 * the line. Every reader is linear. Must not know any particular key.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';

/** What a value says, as far as it can be read, and what is wrong with the rest. Each fault is one sentence. */
export interface Reading<T> {
  readonly value: T;
  readonly faults: readonly string[];
}

/** More faults than these are counted, not told one by one. */
const MOST_FAULTS = 20;
/** No sensible line comes near it, and nobody wants a longer one in a message or a comparison. */
const LONGEST_LINE = 16_384;

/**
 * Calls `readLine` with each line that says something: not those that are empty or begin with `#`. It returns what is
 * wrong with the line, or undefined.
 */
export function readLines(text: string, readLine: (line: string) => string | undefined): readonly string[] {
  const faults: string[] = [];
  let left = 0;
  for (const [index, written] of text.split('\n').entries()) {
    const line = written.trim();
    if (line === '' || line.startsWith('#')) continue;
    const fault =
      line.length > LONGEST_LINE
        ? `it has ${line.length} characters, more than ${LONGEST_LINE}; give several lines`
        : readLine(line);
    if (fault === undefined) continue;
    if (faults.length < MOST_FAULTS) faults.push(`line ${index + 1}: ${fault}`);
    else left += 1;
  }
  return left === 0 ? faults : [...faults, `${left} more lines cannot be read`];
}

/** The two sides of the first colon. */
export function splitAtColon(line: string): Result<readonly [string, string]> {
  const colon = line.indexOf(':');
  if (colon < 0) return err(`${quoteFound(line)} has no colon`);
  return ok([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
}

/** The items of a list, split at commas and trimmed. */
export function splitItems(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim());
}

/** One of a few words. */
export function readWord<W extends string>(text: string, words: readonly W[]): Result<W> {
  const found = text.trim();
  const word = words.find((one) => one === found);
  return word === undefined ? err(`${quoteFound(found)} is none of ${words.join(', ')}`) : ok(word);
}
