/**
 * Duty: names that we give to things in the configuration. Object names never become part of them: two objects could
 * then be joined to the same name, and nothing of a tenant's belongs into a name.
 */
import { hash } from 'node:crypto';
import type { Backend } from '@gatehouse/routing';
import { isAddress } from '../tokens/constructors.ts';
import type { UpstreamScheme } from '../tokens/own-names.ts';

const FIRST_LETTER = 'a'.charCodeAt(0);
const SHORTEST = 16;

/**
 * A name of 16 to 31 letters from the digest of `text`. nginx compares every new name of an upstream with all others,
 * letter by letter when they are equally long, so both beginnings and lengths differ: with 20,000 upstreams that saves
 * about a third of the time of `nginx -t`.
 */
export function digestName(text: string): string {
  const hex = hash('sha256', text);
  const length = SHORTEST + parseInt(hex.slice(-1), 16);
  let name = '';
  for (const digit of hex.slice(0, length)) name += String.fromCharCode(FIRST_LETTER + parseInt(digit, 16));
  return name;
}

/**
 * A backend as it is spoken to in one way. Each has a block of its own: nginx keeps idle connections for each block, and
 * one that speaks HTTP/2 or TLS must never be taken for a request in plain HTTP/1.1.
 */
export interface Upstream {
  readonly backend: Backend;
  readonly scheme: Spoken;
  readonly name: string;
}

/** `stream`: whatever clients of a TCP or UDP port say. */
type Spoken = UpstreamScheme | 'stream';

const upstreams = new WeakMap<Backend, Map<Spoken, Upstream>>();

/** The very same object for the same backend and scheme. */
export function upstreamOf(backend: Backend, scheme: Spoken): Upstream {
  const bySchemes = upstreams.get(backend) ?? new Map<Spoken, Upstream>();
  upstreams.set(backend, bySchemes);
  const known = bySchemes.get(scheme) ?? { backend, scheme, name: nameOf(backend, scheme) };
  bySchemes.set(scheme, known);
  return known;
}

/** A reload keeps what an upstream of the same name knows; one that led to a name knows nothing of endpoints. */
function nameOf({ id, endpoints }: Backend, scheme: Spoken): string {
  const kind = endpoints.every(({ address }) => isAddress(address)) ? '' : ' by name';
  return digestName(`${scheme} ${id}${kind}`);
}
