/**
 * Duty: deciding whether a path can be served as a regular expression: valid in PCRE 1 and 2 alike, and cheap to run on
 * any path. Must not know objects or nginx' text.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { controlFault } from '../parse-path.ts';
import { costFault } from './judge-cost.ts';
import { parseAlternatives } from './parse-expression.ts';
import { refuse, type Reading } from './reading.ts';

const LONGEST = 512;

export interface PathRegex {
  /** Without a `^` at the start, where it is anchored anyway. */
  readonly text: string;
  /** Number of its capturing groups, at most 9. */
  readonly captures: number;
}

/** Reads a path as a regular expression. The error is why it cannot be served, and completes "… because". */
export function parsePathRegex(path: string): Result<PathRegex> {
  const text = path === '' ? '/' : path.startsWith('^') ? path.slice(1) : path;
  if (text.length > LONGEST) return err(`it is longer than ${LONGEST} characters`);
  if (!text.startsWith('/')) return err('it does not begin with a slash');
  if (!text.isWellFormed()) return err('it is not valid Unicode');
  if (controlFault(text) !== undefined) return err('it has control characters');
  const reading: Reading = { text, at: 0, depth: 0, captures: 0 };
  const root = parseAlternatives(reading);
  if (root !== undefined && reading.at < text.length) refuse(reading, 'a ) closes nothing');
  if (root === undefined || reading.refusal !== undefined) return err(reading.refusal ?? 'it cannot be read');
  if (root.kind === 'alternatives')
    return err('a | outside of a group would leave what follows it unanchored; write /(?:a|b)');
  const fault = costFault(root);
  return fault === undefined ? ok({ text, captures: reading.captures }) : err(fault);
}
