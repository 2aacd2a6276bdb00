/**
 * Duty: the number that a reader can tell an operator, who finds it in the logs.
 */
import { randomBytes } from 'node:crypto';

/** The forms that nginx logs (`$gatehouse_request_id`) rather than a number of its own. */
const REQUEST_ID = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/** Asking for random bytes costs more than having them, so that many are got at once. */
const POOL_BYTES = 16 * 256;
let pool = '';
let taken = 0;

/** The request id that the proxy logged when it looks like one, else a fresh one. */
export function takeReferenceNumber(requestId: string | undefined): string {
  return requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : makeReferenceNumber();
}

/** 32 hexadecimal digits, as nginx writes its own. */
export function makeReferenceNumber(): string {
  if (taken === pool.length) {
    pool = randomBytes(POOL_BYTES).toString('hex');
    taken = 0;
  }
  taken += 32;
  return pool.slice(taken - 32, taken);
}
