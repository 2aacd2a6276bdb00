/**
 * Duty: double quotes around any text, so that nginx reads back exactly that text. Quoting protects syntax, not
 * meaning: whether a directive expands `$` or reads a leading `~` is the business of the constructors.
 */
import { TokenRefused } from './token.ts';

// Control characters have no use in any value, and a newline or NUL has broken many a parser.
const CONTROL_CHARACTER = /\p{Cc}/u;

/** `text` between double quotes. Throws `TokenRefused` on control characters and lone surrogates. */
export function quoteText(text: string): string {
  if (CONTROL_CHARACTER.test(text)) throw new TokenRefused('the text holds a control character');
  if (!text.isWellFormed()) throw new TokenRefused('the text is not well-formed Unicode');
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
