/**
 * Duty: what a server says to Node about TLS. Must not know what is served.
 */
import { constants, X509Certificate } from 'node:crypto';
import type { SecureContextOptions, TlsOptions as NodeTlsOptions } from 'node:tls';

/** A certificate chain and its private key, both PEM. */
export interface TlsIdentity {
  readonly certPem: string;
  readonly keyPem: string;
}

export type TlsOptions = Pick<NodeTlsOptions, 'rejectUnauthorized' | 'requestCert'> & SecureContextOptions;

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Undefined for a server without TLS. Throws when there is no certificate in `clientCaPem`, or one that is none. */
export function tlsOptions({
  tls,
  clientCaPem,
}: {
  readonly tls: TlsIdentity | undefined;
  readonly clientCaPem: string | undefined;
}): TlsOptions | undefined {
  if (tls === undefined) return undefined;
  const { certPem: cert, keyPem: key } = tls;
  // A client that renegotiates has the server do the work of a handshake again and again.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  const common = { cert, key, minVersion: 'TLSv1.2' } as const;
  if (clientCaPem === undefined) return { ...common, secureOptions };
  return {
    ...common,
    ca: readCertificates(clientCaPem),
    requestCert: true,
    rejectUnauthorized: false,
    // Whoever resumes a session is not asked again, whatever has become of the authority that vouched for it.
    secureOptions: secureOptions | constants.SSL_OP_NO_TICKET,
  };
}

/**
 * The certificates in a PEM text, which Node would take in silence for what they are not. Throws, with one sentence without a
 * full stop, when there is none, or one that is none.
 */
export function readCertificates(pem: string): string[] {
  const certificates = pem.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0) throw new Error('there is no certificate (PEM)');
  return certificates.map((one, index) => {
    try {
      return new X509Certificate(one).toString();
    } catch (cause) {
      throw new Error(`certificate ${index + 1} of ${certificates.length} is none`, { cause });
    }
  });
}
