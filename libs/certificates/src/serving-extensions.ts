/**
 * Duty: what a certificate says of itself when a server shows it: for which names, and that it signs no others.
 */
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type Extension,
} from '@peculiar/x509';

export interface ServedNames {
  /** Names that the certificate is valid for, wildcards included. */
  readonly dnsNames: readonly string[];
  /** IPv4 and IPv6 addresses that it is valid for. */
  readonly ipAddresses: readonly string[];
}

/** Throws on an address that is none. */
export function servingExtensions({ dnsNames, ipAddresses }: ServedNames): readonly Extension[] {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([
      ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
      ...ipAddresses.map((value) => ({ type: 'ip' as const, value })),
    ]),
  ];
}
