/**
 * Duty: from a Secret to the keys that seal TLS session tickets, or the reason why there are none. What nginx would refuse
 * is refused here. Never puts key material into a message.
 */
import { hash } from 'node:crypto';
import { err, ok, type Result } from '@gatehouse/core';
import type { Secret } from '@gatehouse/kube-model';
import type { SessionTicketKey } from '../model.ts';

/** In the order that nginx wants: the first seals, all open. */
const NAMES = ['current', 'next', 'previous'] as const;
/** For AES-128 and AES-256: a name, a key for the digest, a key for the cipher. */
const SIZES: readonly number[] = [48, 80];

/** Reads `current`, and `next` and `previous` where they are. The error completes "the Secret …". */
export function readTicketKeys({ data }: Secret): Result<readonly SessionTicketKey[]> {
  if (!data.has('current')) return err('lacks current');
  const keys = new Map<string, SessionTicketKey>();
  for (const name of NAMES) {
    const key = data.get(name);
    if (key === undefined) continue;
    const fault = faultOf(key);
    if (fault !== undefined) return err(`has a key ${name} that ${fault}`);
    const id = hash('sha256', key);
    if (!keys.has(id)) keys.set(id, Object.freeze({ id, key }));
  }
  return ok(Object.freeze([...keys.values()]));
}

function faultOf(key: Uint8Array): string | undefined {
  if (!SIZES.includes(key.length)) return `has ${key.length} bytes; 48 or 80 it must be`;
  // Random bytes never are, but their hexadecimal form is, which has only half of the chance in it.
  return key.every((byte) => byte >= 0x20 && byte < 0x7f) ? 'is text; random bytes it must be' : undefined;
}
