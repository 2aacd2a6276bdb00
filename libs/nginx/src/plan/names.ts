/**
 * Duty: names that we give to things in the configuration. Object names never become part of them: two objects could
 * then be joined to the same name, and nothing of a tenant's belongs into a name.
 */
import { hash } from 'node:crypto';
import type { Backend } from '@gatehouse/routing';

const FIRST_LETTER = 'a'.charCodeAt(0);
const NAME_LETTERS = 24;

/**
 * A name made of letters, from the digest of `text`. Letters from the start on differ, since nginx compares every new
 * upstream with all others.
 */
export function digestName(text: string): string {
  const hex = hash('sha256', text).slice(0, NAME_LETTERS);
  let name = '';
  for (const digit of hex) name += String.fromCharCode(FIRST_LETTER + parseInt(digit, 16));
  return name;
}

const upstreamNames = new WeakMap<Backend, string>();

/** Name of the upstream block of a backend. */
export function upstreamName(backend: Backend): string {
  const known = upstreamNames.get(backend);
  if (known !== undefined) return known;
  const name = digestName(backend.id);
  upstreamNames.set(backend, name);
  return name;
}
