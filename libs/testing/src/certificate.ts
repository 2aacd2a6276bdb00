/**
 * Duty: real key pairs and certificates for tests.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const DAY_MS = 24 * 60 * 60 * 1000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Certificate (chain) and PKCS #8 key, both PEM. */
export interface CertificatePair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface CertificateShape {
  /** DNS names, the first one also as common name. IP addresses become IP entries. */
  readonly hosts: readonly string[];
  /** Ten years from now unless given. */
  readonly notAfter?: Date;
  /** Signs the certificate; without one it is self-signed. */
  readonly ca?: CertificatePair;
  /** `ca` makes a certificate that may sign others. */
  readonly usage?: 'ca' | 'server';
}

/** Makes an ECDSA P-256 key pair and its certificate, valid since yesterday or, when it has expired, a day before. */
export async function makeCertificate(shape: CertificateShape): Promise<CertificatePair> {
  const { hosts, notAfter = new Date(Date.now() + 3650 * DAY_MS), ca, usage = 'server' } = shape;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = ca === undefined ? undefined : await readIssuer(ca);
  const subject = `CN=${hosts[0] ?? 'nobody'}`;
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: issuer?.name ?? subject,
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
    notAfter,
    extensions: [
      new BasicConstraintsExtension(usage === 'ca', undefined, true),
      new KeyUsagesExtension(usage === 'ca' ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature, true),
      new SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? 'ip' : 'dns', value })),
      ),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: `${PemConverter.encode(key, 'PRIVATE KEY')}\n` };
}

async function readIssuer(ca: CertificatePair): Promise<{ readonly name: string; readonly key: webcrypto.CryptoKey }> {
  const der = PemConverter.decodeFirst(ca.keyPem);
  const key = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  return { name: new X509Certificate(ca.certPem).subject, key };
}
