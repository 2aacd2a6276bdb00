/**
 * Duty: from a Secret to a usable certificate with its key, or the reason why there is none. What nginx would refuse
 * when it starts is refused here, so that one bad Secret hurts nobody else. Never puts key material into a message.
 */
import { createHash, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { err, ok, type Result } from '@gatehouse/core';
import type { Secret } from '@gatehouse/kube-model';
import type { Certificate } from '../model.ts';

/** A certificate with what has to be known about it to give it to a host. */
export interface CertificateReading {
  readonly certificate: Certificate;
  /** First moment of validity, in milliseconds since 1970. */
  readonly notBeforeMs: number;
  /** Last moment of validity, in milliseconds since 1970. */
  readonly notAfterMs: number;
  /** It asks that an OCSP answer comes with it in every handshake (RFC 7633, the TLS feature status_request). */
  readonly needsStapling: boolean;
  /** Whether the certificate is valid for `host`, which may be `*.example.com`. */
  coversHost(host: string): boolean;
}

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** Keys of 112 bits of security, the least at OpenSSL's security level 2; OpenSSL 1.1 draws the line for RSA here. */
const SMALLEST_RSA_BITS = 2048;
/** The work of a handshake grows with the third power of it, and whoever likes can ask for handshakes. */
const LARGEST_RSA_BITS = 8192;
const SMALLEST_CURVE_BITS = 224;
/** Some ten times a usual chain. All that is used lies in one volume, which one tenant must not fill with a few Secrets. */
const LARGEST_CHAIN_BYTES = 64 * 1024;

/** Reads `tls.crt` and `tls.key`. The error completes "the Secret …". */
export function readCertificate(secret: Secret): Result<CertificateReading> {
  const [chainBytes, keyBytes] = [secret.data.get('tls.crt'), secret.data.get('tls.key')];
  if (chainBytes === undefined || keyBytes === undefined) return err('lacks tls.crt or tls.key');
  const chain = readChain(Buffer.from(chainBytes).toString('latin1'));
  if (!chain.ok) return chain;
  const key = readKey(Buffer.from(keyBytes).toString('latin1'));
  if (!key.ok) return key;
  const [leaf] = chain.value;
  if (leaf === undefined) return err('has no PEM certificate in tls.crt');
  if (!leaf.checkPrivateKey(key.value))
    return err('has a tls.key that does not belong to the first certificate of tls.crt');
  const fault = chain.value.map(certificateFault).find((reason) => reason !== undefined);
  if (fault !== undefined) return err(fault);
  const [notBeforeMs, notAfterMs] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  if (Number.isNaN(notBeforeMs + notAfterMs)) return err('has a certificate whose time of validity cannot be read');
  const certificate = certificateOf(secret, chain.value, key.value);
  const validity = { notBeforeMs, notAfterMs, needsStapling: needsStapling(leaf) };
  return ok({ certificate, ...validity, coversHost: (host) => coversHost(leaf, host) });
}

/** That the certificate is not valid yet, or no longer; `reason` completes "the certificate …". */
export function validityFault(
  { notBeforeMs, notAfterMs }: CertificateReading,
  hasPassed: (atMs: number) => boolean,
): { readonly code: 'CertificateExpired' | 'CertificateNotYetValid'; readonly reason: string } | undefined {
  const [hasBegun, hasEnded] = [hasPassed(notBeforeMs), hasPassed(notAfterMs)];
  if (hasEnded) return { code: 'CertificateExpired', reason: `expired at ${new Date(notAfterMs).toISOString()}` };
  if (hasBegun) return undefined;
  return { code: 'CertificateNotYetValid', reason: `is not valid before ${new Date(notBeforeMs).toISOString()}` };
}

function readChain(pem: string): Result<readonly X509Certificate[]> {
  const blocks = pem.match(CERTIFICATE_BLOCK) ?? [];
  if (blocks.length === 0) return err('has no PEM certificate in tls.crt');
  const bytes = blocks.reduce((sum, block) => sum + block.length, 0);
  if (bytes > LARGEST_CHAIN_BYTES)
    return err(`has certificates of more than ${LARGEST_CHAIN_BYTES / 1024} KiB in tls.crt`);
  const chain: X509Certificate[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      chain.push(new X509Certificate(block));
    } catch {
      return err(`has something in tls.crt (certificate ${index + 1}) that is not a certificate`);
    }
  }
  return ok(chain);
}

function readKey(pem: string): Result<KeyObject> {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(pem)) return err('has an encrypted tls.key');
  if (!pem.includes('-----BEGIN')) return err('has no PEM private key in tls.key');
  try {
    return ok(createPrivateKey({ key: pem, format: 'pem' }));
  } catch {
    return err('has something in tls.key that is not a private key');
  }
}

/** OpenSSL judges every certificate of a chain, not only the first. */
function certificateFault(certificate: X509Certificate): string | undefined {
  try {
    return keyFault(certificate.publicKey) ?? signatureFault(certificate);
  } catch {
    return 'has a certificate whose key cannot be read';
  }
}

/** What OpenSSL refuses at its usual security level, and kinds of key that no browser can use. */
function keyFault(key: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return rsaFault(modulusLength);
    case 'ec': {
      // The names tell the size: prime256v1, secp384r1, brainpoolP512r1. A curve without a name is refused.
      const bits = Number(/\d{3}/.exec(namedCurve ?? '')?.[0] ?? 0);
      return bits < SMALLEST_CURVE_BITS
        ? `has a key on an elliptic curve that is unknown or of less than ${SMALLEST_CURVE_BITS} bits`
        : undefined;
    }
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return 'has a key that is neither RSA, ECDSA nor EdDSA';
  }
}

function rsaFault(bits: number): string | undefined {
  if (bits < SMALLEST_RSA_BITS) return `has an RSA key of ${bits} bits, and ${SMALLEST_RSA_BITS} is the least`;
  return bits > LARGEST_RSA_BITS ? `has an RSA key of ${bits} bits, and ${LARGEST_RSA_BITS} is the most` : undefined;
}

/** OpenSSL 3.0 refuses MD5 and SHA-1, but for the signature of a self-signed certificate, which nobody checks. */
function signatureFault(certificate: X509Certificate): string | undefined {
  const algorithm = certificate.signatureAlgorithm ?? '';
  const isWeak = algorithm === 'rsassaPss' ? hasWeakPss(certificate) : /md[245]|sha1(?![0-9])/i.test(algorithm);
  // Equal names alone are easily forged; this compares the identifiers of the keys as well, as OpenSSL does.
  const isSelfSigned = certificate.checkIssued(certificate);
  return isWeak && !isSelfSigned ? 'has a certificate that is signed with MD5 or SHA-1' : undefined;
}

/** The extension `1.3.6.1.5.5.7.1.24`, not critical or critical, with the one feature 5. */
const MUST_STAPLE = ['', '0101ff'].map((critical) =>
  Buffer.from(`06082b06010505070118${critical}04053003020105`, 'hex'),
);

function needsStapling({ raw }: X509Certificate): boolean {
  return MUST_STAPLE.some((extension) => raw.includes(extension));
}

/** `1.2.840.113549.1.1.10` with its tag, and the first bytes of `2.16.840.1.101.3.4.2`, where all of SHA-2 and SHA-3 are. */
const PSS = Buffer.from('06092a864886f70d01010a', 'hex');
const NEWER_HASHES = Buffer.from('6086480165030402', 'hex');
/** From the end of the name of the signature to that of its hash: three headers of at most two bytes each, and a tag. */
const MOST_BYTES_BETWEEN = 8;

/** RSA-PSS names its hash in parameters (RFC 4055, section 3.1), and means SHA-1 when it names none. */
function hasWeakPss({ raw }: X509Certificate): boolean {
  const start = raw.lastIndexOf(PSS) + PSS.length;
  const hash = raw.indexOf(NEWER_HASHES, start);
  return hash === -1 || hash - start > MOST_BYTES_BETWEEN;
}

function certificateOf(secret: Secret, chain: readonly X509Certificate[], key: KeyObject): Certificate {
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString('latin1');
  const pem = Buffer.from(chain.map((one) => one.toString()).join('') + keyPem, 'latin1');
  const id = createHash('sha256').update(pem).digest('hex');
  return Object.freeze({ id, secret: secret.key, pem });
}

/** OpenSSL takes no wildcard as the name to check, so any label stands for it, and the match has to be the wildcard. */
function coversHost(leaf: X509Certificate, host: string): boolean {
  if (host === '') return true;
  const isWildcard = host.startsWith('*.');
  const name = isWildcard ? `any${host.slice(1)}` : host;
  const match = leaf.checkHost(name, { subject: 'default', partialWildcards: false });
  return match !== undefined && (!isWildcard || match.toLowerCase() === host);
}
