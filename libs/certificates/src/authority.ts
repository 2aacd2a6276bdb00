/**
 * Duty: a certificate authority of one's own, and the certificates of servers that it vouches for. Must not know when
 * they are made anew (rotation/), nor who keeps them.
 */
import 'reflect-metadata';
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension } from '@peculiar/x509';
import { randomBytes, X509Certificate } from 'node:crypto';
import { BACKDATED_MS, issueCertificate, type CertificateAndKey } from './issue-certificate.ts';
import { servingExtensions, type ServedNames } from './serving-extensions.ts';

interface Lifetime {
  /** The moment of making, in milliseconds since 1970; the certificate begins an hour earlier, for clocks that lag. */
  readonly nowMs: number;
  /** From that moment on. */
  readonly lifeMs: number;
}

export interface AuthorityRequest extends Lifetime {
  /** Plain text of at most 50 characters; a number that tells authorities apart is put behind. */
  readonly commonName: string;
}

export interface ServingRequest extends Lifetime, ServedNames {
  /** Ends no later than the authority does. */
  readonly authority: CertificateAndKey;
  /** Plain text of the subject's CN; any characters, at most 64. */
  readonly commonName: string;
}

/** A fresh P-256 key, and a certificate that may sign those of servers, and of no other authorities. */
export function makeAuthority({ commonName, nowMs, lifeMs }: AuthorityRequest): Promise<CertificateAndKey> {
  return issueCertificate({
    // Authorities that stand side by side in a bundle are found by name first.
    commonName: `${commonName} ${randomBytes(4).toString('hex')}`,
    notBefore: new Date(nowMs - BACKDATED_MS),
    notAfter: new Date(nowMs + lifeMs),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
}

/** A fresh P-256 key, and a server's certificate for it. Throws on an address that is none and on a broken authority. */
export async function issueServing(request: ServingRequest): Promise<CertificateAndKey> {
  const { authority, commonName, nowMs, lifeMs } = request;
  const authorityEndMs = new X509Certificate(authority.certPem).validToDate.getTime();
  return issueCertificate({
    commonName,
    notBefore: new Date(nowMs - BACKDATED_MS),
    notAfter: new Date(Math.min(nowMs + lifeMs, authorityEndMs)),
    extensions: servingExtensions(request),
    authority,
  });
}
