/**
 * Duty: what is to become of the certificates that replicas share, at a moment: nothing yet, or which of them are made
 * anew. The order keeps every replica trusted at every moment: a new authority is told to clients first, it signs when
 * they know it, and the old one is forgotten when nothing that it signed can be in use. Knows no clock, and makes nothing.
 */
import type { X509Certificate } from 'node:crypto';
import type { ServedNames } from '../serving-extensions.ts';
import type { SharedCertificates, SharedReading } from './shared-certificates.ts';
import { validityOf } from './validity.ts';

export interface RotationFacts {
  /** What the place that replicas share holds now. */
  readonly shared: SharedReading;
  /** What this replica serves, when it was whole. */
  readonly held: SharedReading | undefined;
  readonly names: ServedNames;
  /** Whether every client can be believed to trust all authorities of `shared` by now. */
  readonly isTrusted: boolean;
  /** How long a server's certificate lives. */
  readonly servingLifeMs: number;
  readonly nowMs: number;
}

/** `because` is a clause without a full stop; `isAlarming`: somebody should look why. */
interface Reason {
  readonly because: string;
  readonly isAlarming: boolean;
}

/** What is written: `serving` is kept, or signed by the authority that signs till now, or by the one that is made. */
export interface RotationWrite extends Reason {
  readonly kind: 'write';
  readonly makesAuthority: boolean;
  readonly serving: 'keep' | 'signByNew' | 'signByPresent';
  /** The present authorities that stay in the bundle. */
  readonly keep: readonly X509Certificate[];
}

export type RotationStep =
  | RotationWrite
  /** What this replica holds is written back. */
  | (Reason & { readonly kind: 'restore'; readonly texts: SharedCertificates })
  /** Nothing is due before then. */
  | { readonly kind: 'wait'; readonly untilMs: number };

export function planRotation(facts: RotationFacts): RotationStep {
  const { shared, held, nowMs } = facts;
  if (shared.flaws.length > 0 && held?.flaws.length === 0 && isServable(held, nowMs))
    return { kind: 'restore', texts: held.texts, because: flawsOf(shared), isAlarming: true };
  const { signer, serving } = shared;
  const write = (words: Omit<RotationWrite, 'keep' | 'kind'>): RotationWrite => ({
    kind: 'write',
    keep: shared.authorities.filter((authority) => nowMs < validityOf(authority).endsMs),
    ...words,
  });
  const isServed = isServable(shared, nowMs);
  if (signer === undefined || !isValid(signer, nowMs)) {
    const because = signer === undefined ? flawsOf(shared) : `the authority is not valid now (${spanOf(signer)})`;
    const kept = isServed ? 'keep' : 'signByNew';
    return write({ makesAuthority: true, serving: kept, because, isAlarming: !shared.isEmpty });
  }
  const renew = (because: string, isAlarming: boolean): RotationWrite =>
    write({ makesAuthority: false, serving: 'signByPresent', because, isAlarming });
  if (serving === undefined) return renew(flawsOf(shared), true);
  if (!isServed) return renew(`the certificate is not valid now (${spanOf(serving)})`, true);
  return planHealthy({ ...facts, signer, serving }, { write, renew });
}

interface HealthyFacts extends RotationFacts {
  readonly signer: X509Certificate;
  readonly serving: X509Certificate;
}

interface Writes {
  readonly write: (words: Omit<RotationWrite, 'keep' | 'kind'>) => RotationWrite;
  readonly renew: (because: string, isAlarming: boolean) => RotationWrite;
}

/** With an authority and a certificate that are both valid. */
function planHealthy(facts: HealthyFacts, { write, renew }: Writes): RotationStep {
  const { shared, names, signer, serving, isTrusted, nowMs } = facts;
  if (shared.flaws.length > 0) return write({ ...tidy, because: flawsOf(shared), isAlarming: true });
  const [authorityLife, servingLife] = [validityOf(signer), validityOf(serving)];
  if (shared.issuer !== signer) {
    if (isTrusted) return renew('clients trust the new authority by now', false);
    return { kind: 'wait', untilMs: servingLife.endsMs };
  }
  if (!namesAreIn(serving, names)) return renew('the certificate is for other names', false);
  if (nowMs >= authorityLife.renewAtMs)
    // The present authority signs once more, as its key is about to be forgotten.
    return write({
      makesAuthority: true,
      serving: 'signByPresent',
      because: 'two thirds of the life of the authority are over',
      isAlarming: false,
    });
  if (nowMs >= servingLife.renewAtMs) return renew('two thirds of the life of the certificate are over', false);
  const forgetAtMs = new Map(shared.authorities.map((authority) => [authority, forgetAt(authority, facts)]));
  const keep = shared.authorities.filter((authority) => nowMs < (forgetAtMs.get(authority) ?? 0));
  if (keep.length < shared.authorities.length)
    return { ...write({ ...tidy, because: 'nothing that an old authority signed is valid any more' }), keep };
  return { kind: 'wait', untilMs: Math.min(authorityLife.renewAtMs, servingLife.renewAtMs, ...forgetAtMs.values()) };
}

const tidy = { makesAuthority: false, serving: 'keep', isAlarming: false } as const;

/**
 * When an authority is needed no more: not while it signs, else when all that it signed has ended. That was no later than
 * a life after the present one was made, since its key was forgotten then.
 */
function forgetAt(authority: X509Certificate, { signer, servingLifeMs }: HealthyFacts): number {
  const { endsMs } = validityOf(authority);
  if (authority === signer) return endsMs;
  return Math.min(endsMs, validityOf(signer).madeMs + servingLifeMs);
}

function isServable({ serving }: SharedReading, nowMs: number): boolean {
  return serving !== undefined && isValid(serving, nowMs);
}

/** Whether clients may use it at this moment. */
function isValid(certificate: X509Certificate, nowMs: number): boolean {
  const { beginsMs, endsMs } = validityOf(certificate);
  return beginsMs <= nowMs && nowMs < endsMs;
}

function namesAreIn(serving: X509Certificate, { dnsNames, ipAddresses }: ServedNames): boolean {
  return (
    dnsNames.every((name) => serving.checkHost(name) !== undefined) &&
    ipAddresses.every((address) => serving.checkIP(address) !== undefined)
  );
}

function flawsOf({ isEmpty, flaws }: SharedReading): string {
  return isEmpty ? 'there is none yet' : flaws.join('; ');
}

function spanOf({ validFromDate, validToDate }: X509Certificate): string {
  return `${validFromDate.toISOString()} to ${validToDate.toISOString()}`;
}
