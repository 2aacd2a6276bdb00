/**
 * Duty: under which keys of a Secret the certificates stand; those of TLS Secrets, and `ca.key` beside them.
 */
import type { SharedCertificates } from '@gatehouse/certificates';

const KEYS = { bundlePem: 'ca.crt', authorityKeyPem: 'ca.key', certPem: 'tls.crt', keyPem: 'tls.key' } as const;

/** What is not there is empty. */
export function readSharedTexts(texts: ReadonlyMap<string, string>): SharedCertificates {
  const textOf = (key: string): string => texts.get(key) ?? '';
  return {
    bundlePem: textOf(KEYS.bundlePem),
    authorityKeyPem: textOf(KEYS.authorityKeyPem),
    certPem: textOf(KEYS.certPem),
    keyPem: textOf(KEYS.keyPem),
  };
}

export function renderSharedTexts(shared: SharedCertificates): ReadonlyMap<string, string> {
  return new Map([
    [KEYS.bundlePem, shared.bundlePem],
    [KEYS.authorityKeyPem, shared.authorityKeyPem],
    [KEYS.certPem, shared.certPem],
    [KEYS.keyPem, shared.keyPem],
  ]);
}
