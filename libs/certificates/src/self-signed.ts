/**
 * Duty: making a certificate that nobody vouches for, for servers that must speak TLS before anyone gave them one.
 * Must not know what it is for, and writes nothing anywhere.
 */
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { randomBytes, webcrypto } from 'node:crypto';

export interface SelfSignedRequest {
  /** Plain text of the subject's CN; any characters, at most 64. */
  readonly commonName: string;
  /** Names that the certificate is valid for, wildcards included. */
  readonly dnsNames: readonly string[];
  /** IPv4 and IPv6 addresses that it is valid for. */
  readonly ipAddresses: readonly string[];
  /** How long it is valid, from an hour ago (for clocks that lag). */
  readonly validDays: number;
}

export interface CertificateAndKey {
  readonly certPem: string;
  /** PKCS #8; never logged. */
  readonly keyPem: string;
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A fresh P-256 key and a serving certificate signed by it (RFC 5280, version 3). Throws on an address that is none. */
export async function makeSelfSignedCertificate(request: SelfSignedRequest): Promise<CertificateAndKey> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: makeSerialNumber(),
      // The form that is taken as it is; a bare string would be parsed.
      name: new Name([{ CN: [{ utf8String: request.commonName }] }]),
      notBefore: new Date(now - HOUR_MS),
      notAfter: new Date(now + request.validDays * DAY_MS),
      keys,
      signingAlgorithm: { ...KEY_ALGORITHM, hash: 'SHA-256' },
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          ...request.dnsNames.map((value) => ({ type: 'dns' as const, value })),
          ...request.ipAddresses.map((value) => ({ type: 'ip' as const, value })),
        ]),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const keyDer = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: `${PemConverter.encode(keyDer, 'PRIVATE KEY')}\n` };
}

/** 15 random bytes in hexadecimal: positive and at most 20 octets, as RFC 5280 4.1.2.2 asks. */
function makeSerialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}
