/**
 * Duty: making a certificate that nobody vouches for, for servers that must speak TLS before anyone gave them one.
 * Must not know what it is for, and writes nothing anywhere.
 */
import { BACKDATED_MS, issueCertificate, type CertificateAndKey } from './issue-certificate.ts';
import { servingExtensions, type ServedNames } from './serving-extensions.ts';

export interface SelfSignedRequest extends ServedNames {
  /** Plain text of the subject's CN; any characters, at most 64. */
  readonly commonName: string;
  /** How long it is valid, from an hour ago (for clocks that lag). */
  readonly validDays: number;
}

const DAY_MS = 24 * 3_600_000;

/** A fresh P-256 key and a serving certificate signed by it. Throws on an address that is none. */
export async function makeSelfSignedCertificate(request: SelfSignedRequest): Promise<CertificateAndKey> {
  const now = Date.now();
  return issueCertificate({
    commonName: request.commonName,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + request.validDays * DAY_MS),
    extensions: servingExtensions(request),
  });
}
