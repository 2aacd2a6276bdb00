/**
 * Duty: what replicas share to serve under one authority, and what is wrong with it when it was read from a place that
 * anybody may have written to. No message shows a byte of a key.
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { CertificateAndKey } from '../issue-certificate.ts';

/** PEM texts. */
export interface SharedCertificates extends CertificateAndKey {
  /** The authorities that clients are to trust, the newest one first. */
  readonly bundlePem: string;
  /** Of the one authority that signs. */
  readonly authorityKeyPem: string;
}

/** What could be made of it. */
export interface SharedReading {
  readonly texts: SharedCertificates;
  readonly authorities: readonly X509Certificate[];
  /** The authority whose key is there. */
  readonly signer: X509Certificate | undefined;
  /** Signed by one of the authorities, for the key that is there. */
  readonly serving: X509Certificate | undefined;
  /** The authority that signed `serving`. */
  readonly issuer: X509Certificate | undefined;
  /** What keeps it from being whole, in sentences without a full stop; none: it can be served and renewed. */
  readonly flaws: readonly string[];
  /** Nothing is there at all, as before the first start. */
  readonly isEmpty: boolean;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

export function readSharedCertificates(texts: SharedCertificates): SharedReading {
  const { bundlePem, authorityKeyPem, certPem, keyPem } = texts;
  const blocks = [...bundlePem.matchAll(CERTIFICATES)].map(([block]) => attempt(() => new X509Certificate(block)));
  const authorities = blocks.filter((block) => block !== undefined).filter(({ ca }) => ca);
  const authorityKey = readKey(authorityKeyPem);
  const signer = authorityKey && authorities.find((authority) => authority.checkPrivateKey(authorityKey));
  const leaf = attempt(() => new X509Certificate(certPem));
  const leafKey = readKey(keyPem);
  // What else a server asks of a pair is for OpenSSL to say.
  const isPair =
    leaf !== undefined &&
    leafKey !== undefined &&
    attempt(() => createSecureContext({ cert: certPem, key: keyPem })) !== undefined;
  const issuer = leaf && authorities.find((authority) => isIssuedBy(leaf, authority));
  const flaws = [
    authorities.length < blocks.length && 'ca.crt holds what is no certificate of an authority',
    authorities.length === 0 && 'ca.crt holds no authority',
    authorityKey === undefined && 'ca.key holds no private key',
    authorityKey !== undefined && signer === undefined && 'ca.key is the key of no authority in ca.crt',
    leaf === undefined && 'tls.crt holds no certificate',
    leafKey === undefined && 'tls.key holds no private key',
    leaf !== undefined && leafKey !== undefined && !isPair && 'tls.crt and tls.key cannot be served together',
    leaf !== undefined && issuer === undefined && 'tls.crt is signed by no authority in ca.crt',
  ];
  return {
    texts,
    authorities,
    signer,
    serving: isPair && issuer !== undefined ? leaf : undefined,
    issuer,
    flaws: flaws.filter((flaw) => flaw !== false),
    isEmpty: [bundlePem, authorityKeyPem, certPem, keyPem].every((text) => text === ''),
  };
}

/** What clients are told to trust: the authorities alone, in one way of writing. */
export function renderBundle(authorities: readonly X509Certificate[]): string {
  return authorities.map((authority) => authority.toString()).join('');
}

function isIssuedBy(leaf: X509Certificate, authority: X509Certificate): boolean {
  return attempt(() => leaf.checkIssued(authority) && leaf.verify(authority.publicKey)) === true;
}

function readKey(pem: string): KeyObject | undefined {
  return attempt(() => createPrivateKey(pem));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
