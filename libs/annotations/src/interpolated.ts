/**
 * Duty: text that may hold variables, as parts. Whoever writes it for nginx turns text into quoted text with `$`
 * neutralised, and a variable into that variable; nobody ever parses `$name` a second time.
 */
import { err, ok, type Result } from '@gatehouse/core';
import { describeVariables, isCapture } from './variables.ts';

/** Literal text and names of variables (without `$`, from an allow-list), in order. */
export type Interpolated = readonly InterpolatedPart[];

export type InterpolatedPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'variable'; readonly name: string };

/** A variable's value can be as long as an object's name; so many of them keep a token below nginx' 4,096 bytes. */
const maxVariables = 9;

/** `$1`, `$host` or `${host}`; a capture is one digit, as in nginx. Sticky: matches only where the `$` stands. */
const reference = /\$(?:([0-9])|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z0-9_]+)\})/y;

/** The parts of a text. The error says which variable is not allowed, and which are. Linear in the length of the text. */
export function parseInterpolated(text: string, allowed: readonly string[]): Result<Interpolated> {
  const parts: InterpolatedPart[] = [];
  let from = 0;
  for (let dollar = text.indexOf('$'); dollar !== -1; dollar = text.indexOf('$', from)) {
    reference.lastIndex = dollar;
    const [whole = '', digit, bare, braced] = reference.exec(text) ?? [];
    const name = digit ?? bare ?? braced;
    if (name === undefined) return err('each $ must be followed by the name of a variable');
    if (!allowed.includes(name)) {
      return err(`$${name.slice(0, 40)} cannot be used here, only ${describeVariables(allowed)}`);
    }
    if (dollar > from) parts.push({ kind: 'text', text: text.slice(from, dollar) });
    parts.push({ kind: 'variable', name });
    from = dollar + whole.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  const count = parts.filter((part) => part.kind === 'variable').length;
  return count > maxVariables ? err(`it has ${count} variables, and ${maxVariables} are the most`) : ok(parts);
}

/** The captures that a text uses, ascending: `[1, 2]` for `/$2/$1/$2`. */
export function capturesUsed(interpolated: Interpolated): readonly number[] {
  const numbers = interpolated.flatMap((part) =>
    part.kind === 'variable' && isCapture(part.name) ? [Number(part.name)] : [],
  );
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** The text with something in place of each variable. */
export function fillInterpolated(interpolated: Interpolated, valueOf: (name: string) => string): string {
  return interpolated.map((part) => (part.kind === 'text' ? part.text : valueOf(part.name))).join('');
}
