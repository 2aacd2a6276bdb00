/**
 * Duty: the part of the table of Problems that is about TLS.
 */
import type { ProblemDeclaration } from './problem-declaration.ts';

export const tlsProblems = {
  SecretMissing: {
    severity: 'warning',
    admission: 'warn',
    summary: 'The Secret does not exist; the default certificate is served.',
    remedy: 'Create the Secret in the namespace of the Ingress, or correct its name.',
  },
  CertificateInvalid: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The Secret holds no usable certificate and key; the default certificate is served.',
    remedy: 'Put a PEM certificate chain in tls.crt and its private key in tls.key.',
  },
  CertificateDoesNotCoverHost: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The certificate is not valid for the host; the default certificate is served.',
    remedy: 'Have the certificate issued for the host, or correct spec.tls[].hosts.',
  },
  CertificateExpired: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The certificate has expired; it is served all the same.',
    remedy: 'Renew it.',
  },
  CertificateNotYetValid: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The certificate is not valid yet; it is served all the same.',
    remedy: 'Wait until it is, or use one that is valid now.',
  },
  CertificateNeedsStapling: {
    severity: 'warning',
    admission: 'silent',
    summary: 'The certificate asks for a stapled OCSP answer, which is not given; it is served all the same.',
    remedy: 'Have it issued without the extension (OCSP must-staple): some clients refuse it otherwise.',
  },
  SessionTicketKeysUnusable: {
    severity: 'warning',
    admission: 'silent',
    summary:
      'The Secret of session ticket keys is missing or malformed; each nginx makes keys of its own, so that clients resume sessions at one replica alone.',
    remedy: 'Put 48 or 80 random bytes each into current, next and previous; only current has to be there.',
  },
  TlsHostInvalid: {
    severity: 'warning',
    admission: 'deny',
    summary: 'An entry of spec.tls[].hosts is not a DNS name; it is left out.',
    remedy: 'Use a name as in the rules.',
  },
  TlsConflict: {
    severity: 'warning',
    admission: 'warn',
    summary:
      'Another entry of spec.tls, or an older Ingress of the same host, names another Secret; that one is served.',
    remedy: 'Name the same Secret in both, or remove the host from one of the two.',
  },
  TlsHostWithoutRule: {
    severity: 'warning',
    admission: 'warn',
    summary: 'spec.tls names a host that no rule of this Ingress has, so the entry has no effect.',
    remedy: 'Add a rule for the host, or remove the entry.',
  },
} as const satisfies Record<string, ProblemDeclaration>;
