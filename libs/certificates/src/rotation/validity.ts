/**
 * Duty: when a certificate was made, when it ends, and when it is to be made anew: at two thirds of its life.
 */
import type { X509Certificate } from 'node:crypto';
import { BACKDATED_MS } from '../issue-certificate.ts';

/** All in milliseconds since 1970. */
export interface Validity {
  readonly beginsMs: number;
  /** When it was made, if this library made it; a begin that lies in the past for lagging clocks is no part of its life. */
  readonly madeMs: number;
  readonly endsMs: number;
  readonly renewAtMs: number;
}

/** Of a certificate of this library's making; of others it is told how long they last, and `renewAtMs` is near enough. */
export function validityOf(certificate: X509Certificate): Validity {
  const beginsMs = certificate.validFromDate.getTime();
  const endsMs = certificate.validToDate.getTime();
  const madeMs = Math.min(beginsMs + BACKDATED_MS, endsMs);
  return { beginsMs, madeMs, endsMs, renewAtMs: endsMs - Math.floor((endsMs - madeMs) / 3) };
}
