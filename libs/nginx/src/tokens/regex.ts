/**
 * Duty: regular expressions as tokens. A tenant's expression has been judged before (what it may contain, how it
 * behaves); here only that it cannot leave the group that anchors it, nor name variables of ours.
 */
import { quoteText } from './quote.ts';
import { makeToken, TokenRefused, type NginxToken } from './token.ts';

/** `^(?:expression)`, for a location of its own. */
export function anchoredRegex(expression: string): NginxToken {
  return makeToken(quoteText(anchor(expression)));
}

/** The same for `rewrite`, which has no modifier to ignore case. */
export function anchoredRegexIgnoringCase(expression: string): NginxToken {
  return makeToken(quoteText(`(?i)${anchor(expression)}`));
}

/** Matches `path` and everything below it, element by element. */
export function prefixRegex(path: string): NginxToken {
  return makeToken(quoteText(`^${escapeRegex(path)}(?:/|\\z)`));
}

/** Matches `path` alone. `\z`, because `$` also matches before a line break at the end. */
export function exactRegex(path: string): NginxToken {
  return makeToken(quoteText(`^${escapeRegex(path)}\\z`));
}

/** Key of a map from paths: all that begin with `prefix`. */
export function pathPrefix(prefix: string): NginxToken {
  return makeToken(quoteText(`~^${escapeRegex(prefix)}`));
}

/** Key of a map from a list of addresses that nginx tried: the last of them is `address`. */
export function lastAddress(address: string): NginxToken {
  return makeToken(quoteText(`~(?:^|[ ,])${escapeRegex(address)}$`));
}

/** Matches whatever the path is. */
export const everyPath: NginxToken = makeToken('^');

/** `text` as a regular expression that matches only it. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|#\s]/g, '\\$&');
}

function anchor(expression: string): string {
  const fault = faultOf(expression);
  if (fault !== undefined) throw new TokenRefused(fault);
  return `^(?:${expression})`;
}

/** Groups that name nothing and give no options but those that cannot change where the expression ends. */
const HARMLESS_GROUP = /^\((?:[^?*]|\?(?:[:=!>]|<[=!]|[ims-]{1,6}[:)])|$)/;
const POSIX_CLASS = /^\[:\^?[a-z]{1,8}:\]/;
/** After a backslash: quoting, references by name, and what depends on how PCRE was built. */
const REFUSED_ESCAPES = 'QEcgkKNpPX';

/** What would let the expression out of a group around it, or make nginx declare variables. */
function faultOf(expression: string): string | undefined {
  let depth = 0;
  let at = 0;
  while (at < expression.length) {
    const rest = expression.slice(at, at + 16);
    if (rest.startsWith('\\')) {
      if (!isHarmlessEscape(rest)) return 'the expression has an escape that is not allowed';
      at += 2;
    } else if (rest.startsWith('[')) {
      const end = endOfClass(expression, at);
      if (end === undefined) return 'the expression has a character class that does not end, or an unusual one';
      at = end;
    } else {
      if (rest.startsWith('(') && !HARMLESS_GROUP.test(rest)) {
        return 'the expression has a group with a name, an option or a verb';
      }
      // An option for the rest of the group, `(?i)`, closes itself by the next parenthesis.
      if (rest.startsWith('(')) depth += 1;
      if (rest.startsWith(')')) depth -= 1;
      if (depth < 0) return 'the expression has a ) without (';
      at += 1;
    }
  }
  return depth === 0 ? undefined : 'the expression has a ( without )';
}

/** Index after the `]` that ends the class begun at `start`, as PCRE reads it: a `]` in first place is a member. */
function endOfClass(expression: string, start: number): number | undefined {
  let at = start + 1;
  if (expression[at] === '^') at += 1;
  if (expression[at] === ']') at += 1;
  while (at < expression.length) {
    const rest = expression.slice(at, at + 16);
    if (rest.startsWith(']')) return at + 1;
    const posix = POSIX_CLASS.exec(rest);
    if (posix === null && /^\[[:.=]/.test(rest)) return undefined;
    if (rest.startsWith('\\') && !isHarmlessEscape(rest)) return undefined;
    at += posix?.[0].length ?? (rest.startsWith('\\') ? 2 : 1);
  }
  return undefined;
}

function isHarmlessEscape(text: string): boolean {
  const escaped = text[1];
  return escaped !== undefined && !REFUSED_ESCAPES.includes(escaped);
}
