/**
 * Duty: the parsed form of a regular expression.
 */
import type { CharacterSet } from './character-set.ts';

export type RegexNode =
  /** Exactly one byte of the set. */
  | { readonly kind: 'byte'; readonly set: CharacterSet }
  /** `$`. */
  | { readonly kind: 'end' }
  /** What takes no text and is not looked at further: `^`, `\b`, `\B`. */
  | { readonly kind: 'assertion' }
  | { readonly kind: 'lookahead'; readonly body: RegexNode }
  | { readonly kind: 'group'; readonly body: RegexNode }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alternatives'; readonly items: readonly RegexNode[] }
  /** `max` is Infinity for `*`, `+` and `{n,}`. */
  | { readonly kind: 'repeat'; readonly body: RegexNode; readonly min: number; readonly max: number };
