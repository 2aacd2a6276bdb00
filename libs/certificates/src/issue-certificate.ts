/**
 * Duty: a fresh ECDSA key with a certificate for it (RFC 5280, version 3), signed by itself or by an authority. Must not
 * know what it is for, and writes nothing anywhere.
 */
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  Name,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type PublicKey,
} from '@peculiar/x509';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';

export interface CertificateAndKey {
  readonly certPem: string;
  /** PKCS #8; never logged. */
  readonly keyPem: string;
}

export interface CertificateRequest {
  /** Plain text of the subject's CN; any characters, at most 64. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Beside the identifiers of the keys, which every certificate has. */
  readonly extensions: readonly Extension[];
  /** Left out: it signs itself. */
  readonly authority?: CertificateAndKey;
}

/** Certificates begin so long before they are made, for clocks that lag. */
export const BACKDATED_MS = 3_600_000;

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { ...KEY_ALGORITHM, hash: 'SHA-256' };

/** Throws when the authority's certificate or key cannot be read. */
export async function issueCertificate(request: CertificateRequest): Promise<CertificateAndKey> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  // The form that is taken as it is; a bare string would be parsed.
  const subject = new Name([{ CN: [{ utf8String: request.commonName }] }]);
  const issuer = request.authority === undefined ? undefined : await readAuthority(request.authority);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: makeSerialNumber(),
      subject,
      issuer: issuer?.name ?? subject,
      notBefore: request.notBefore,
      notAfter: request.notAfter,
      publicKey: keys.publicKey,
      signingKey: issuer?.signingKey ?? keys.privateKey,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        ...request.extensions,
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(issuer?.publicKey ?? keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const keyDer = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: `${PemConverter.encode(keyDer, 'PRIVATE KEY')}\n` };
}

interface Issuer {
  readonly name: Name;
  readonly publicKey: PublicKey;
  readonly signingKey: webcrypto.CryptoKey;
}

async function readAuthority({ certPem, keyPem }: CertificateAndKey): Promise<Issuer> {
  const certificate = new X509Certificate(certPem);
  const der = createPrivateKey(keyPem).export({ format: 'der', type: 'pkcs8' });
  return {
    name: certificate.subjectName,
    publicKey: certificate.publicKey,
    signingKey: await webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']),
  };
}

/** 15 random bytes in hexadecimal: positive and at most 20 octets, as RFC 5280 4.1.2.2 asks. */
function makeSerialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}
