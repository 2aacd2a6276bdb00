/**
 * Duty: the suffixes of hosts that namespaces own. Must not know who owns them.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { parseHost } from '../parse-host.ts';

/** Everything that no other suffix covers, and rules without a host. */
export const EVERYTHING_ELSE = '*';

/** A suffix that cannot be taken; `meant` is what it must have been about, if that can be told. */
export interface SuffixRefusal {
  readonly reason: string;
  readonly meant?: string;
}

/**
 * A host name as rules may have it, without wildcard, or `*`. `shop.example.com` covers itself and every name that ends
 * in `.shop.example.com`.
 */
export function parseSuffix(text: string): Result<string, SuffixRefusal> {
  if (text === EVERYTHING_ELSE) return ok(text);
  const parsed = parseHost(text);
  if (parsed.ok && !text.startsWith('*')) return parsed;
  const found = `${quoteFound(text)} is no suffix such as shop.example.com`;
  const reason = parsed.ok ? 'leave the *. out, since a suffix covers all names below it' : `it ${parsed.error.reason}`;
  const meant = meantBy(text);
  return err({ reason: `${found}: ${reason}`, ...(meant !== undefined && { meant }) });
}

/** Upper case, a wildcard and a dot at either end leave no doubt about the name. */
function meantBy(text: string): string | undefined {
  if (!/^[\x21-\x7e]{1,300}$/.test(text)) return undefined;
  const name = text
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  return !name.startsWith('*') && parseHost(name).ok ? name : undefined;
}

/** The suffixes that cover a name, the most specific first; without `*`. */
export function* suffixesOf(name: string): Iterable<string> {
  let suffix = name;
  for (;;) {
    yield suffix;
    const dot = suffix.indexOf('.');
    if (dot < 0) return;
    suffix = suffix.slice(dot + 1);
  }
}
