/**
 * Duty: real key pairs and certificates for tests.
 */
import 'reflect-metadata';
import { webcrypto, type KeyPairKeyObjectResult } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const DAY_MS = 24 * 60 * 60 * 1000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** RFC 7633: a list of TLS extensions, here status_request alone. */
const TLS_FEATURE = '1.3.6.1.5.5.7.1.24';
const STATUS_REQUEST = new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x05]);

/** Certificate (chain) and PKCS #8 key, both PEM. */
export interface CertificatePair {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface CertificateShape {
  /** DNS names, the first one also as common name. IP addresses become IP entries. */
  readonly hosts: readonly string[];
  /** Yesterday unless given, or, when the certificate has expired, a day before it did. */
  readonly notBefore?: Date;
  /** Ten years from now unless given. */
  readonly notAfter?: Date;
  /** Signs the certificate; without one it is self-signed. */
  readonly ca?: CertificatePair;
  /** `ca` makes a certificate that may sign others. */
  readonly usage?: 'ca' | 'server';
  /** It asks for a stapled OCSP answer. */
  readonly mustStaple?: true;
}

/** Makes an ECDSA P-256 key pair and its certificate. */
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
    notBefore: shape.notBefore ?? new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS),
    notAfter,
    extensions: [
      new BasicConstraintsExtension(usage === 'ca', undefined, true),
      new KeyUsagesExtension(usage === 'ca' ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature, true),
      new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: isIP(value) > 0 ? 'ip' : 'dns', value }))),
      ...(shape.mustStaple === undefined ? [] : [new Extension(TLS_FEATURE, false, STATUS_REQUEST)]),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: `${PemConverter.encode(key, 'PRIVATE KEY')}\n` };
}

/** How an authority signs. */
export interface SignatureShape {
  readonly name: 'ECDSA' | 'RSA-PSS' | 'RSASSA-PKCS1-v1_5';
  readonly hash: 'SHA-1' | 'SHA-256';
}

/** A certificate of `unusual.example.com` for any kind of keys, signed by an authority that is made for it. */
export async function makeUnusualCertificate(
  { publicKey, privateKey }: KeyPairKeyObjectResult,
  signature: SignatureShape = { name: 'ECDSA', hash: 'SHA-256' },
): Promise<CertificatePair> {
  const algorithm =
    signature.name === 'ECDSA'
      ? { ...signature, namedCurve: 'P-256' }
      : { ...signature, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), saltLength: 32 };
  const authority = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=unusual.example.com',
    issuer: 'CN=authority',
    publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    signingKey: authority.privateKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'unusual.example.com' }])],
  });
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certPem: `${certificate.toString('pem')}\n`, keyPem };
}

async function readIssuer(ca: CertificatePair): Promise<{ readonly name: string; readonly key: webcrypto.CryptoKey }> {
  const der = PemConverter.decodeFirst(ca.keyPem);
  const key = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  return { name: new X509Certificate(ca.certPem).subject, key };
}
