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
  /** Milliseconds since 1970. */
  readonly notAfterMs: number;
  /** Whether the certificate is valid for `host`, which may be `*.example.com`. */
  coversHost(host: string): boolean;
}

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** Curves that TLS 1.3 has (RFC 8446, section 4.2.7). */
const CURVES: readonly unknown[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const SMALLEST_RSA_BITS = 2048;

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
  const fault = keyFault(key.value) ?? chain.value.map(signatureFault).find((reason) => reason !== undefined);
  if (fault !== undefined) return err(fault);
  const notAfterMs = Date.parse(leaf.validTo);
  if (Number.isNaN(notAfterMs)) return err('has a certificate whose end of validity cannot be read');
  const certificate = certificateOf(secret, chain.value, key.value);
  return ok({ certificate, notAfterMs, coversHost: (host) => coversHost(leaf, host) });
}

function readChain(pem: string): Result<readonly X509Certificate[]> {
  const blocks = pem.match(CERTIFICATE_BLOCK) ?? [];
  if (blocks.length === 0) return err('has no PEM certificate in tls.crt');
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

/** What OpenSSL refuses at its usual security level, or no browser can use. */
function keyFault(key: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength < SMALLEST_RSA_BITS
        ? `has an RSA key of ${modulusLength} bits, and ${SMALLEST_RSA_BITS} is the least`
        : undefined;
    case 'ec':
      return CURVES.includes(namedCurve)
        ? undefined
        : 'has a key on an elliptic curve other than P-256, P-384 and P-521';
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return 'has a key that is neither RSA, ECDSA nor EdDSA';
  }
}

/** OpenSSL refuses MD5 and SHA-1, but for the signature of a self-signed certificate, which nobody checks. */
function signatureFault(certificate: X509Certificate): string | undefined {
  const isWeak = /md[245]|sha1(?![0-9])/i.test(certificate.signatureAlgorithm ?? '');
  const isSelfSigned = certificate.subject === certificate.issuer;
  return isWeak && !isSelfSigned ? 'has a certificate that is signed with MD5 or SHA-1' : undefined;
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
