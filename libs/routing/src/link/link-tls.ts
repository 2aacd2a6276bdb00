/**
 * Duty: the certificate that one Ingress asks for at one of its hosts.
 */
import { quoteFound, type ObjectKey } from '@gatehouse/core';
import type { Secret } from '@gatehouse/kube-model';
import type { CheckedHost, CheckedTls } from '../check/checked-ingress.ts';
import { describeHost } from '../check/check-ingress.ts';
import type { LinkedTls } from './linked-ingress.ts';
import { hasPassed, report, useSecret, type Linking } from './linking.ts';
import { validityFault, type CertificateReading } from './read-certificate.ts';

/** Links the entries of spec.tls for all hosts of an Ingress; what is wrong with a Secret is said once for each entry. */
export function tlsLinker(linking: Linking): (host: CheckedHost) => LinkedTls | undefined {
  const readings = new Map<string, CertificateReading | undefined>();
  return ({ name, tls }) => {
    if (tls?.secret === undefined) return tls && Object.freeze({ field: tls.field });
    const { field, secret } = tls;
    if (!readings.has(field)) readings.set(field, readUsable(linking, { ...tls, secret }));
    const reading = readings.get(field);
    if (reading === undefined) return Object.freeze({ field, secret });
    if (reading.coversHost(name)) return Object.freeze({ field, secret, certificate: reading.certificate });
    const message = `the certificate of ${describeSecret(secret)} is not valid for ${describeHost(name)}`;
    const related = linking.secrets.get(secret)?.secret?.ref;
    report(linking, { code: 'CertificateDoesNotCoverHost', field, message, ...(related && { related }) });
    return Object.freeze({ field, secret });
  };
}

function readUsable(
  linking: Linking,
  { field, secret: key }: CheckedTls & { readonly secret: ObjectKey },
): CertificateReading | undefined {
  const secret = useSecret(linking, key);
  if (secret === undefined) {
    if (linking.world.options.unreadKinds.includes('Secret')) return undefined;
    report(linking, { code: 'SecretMissing', field, message: `no ${describeSecret(key)} exists` });
    return undefined;
  }
  const read = linking.world.certificate(secret);
  if (!read.ok) {
    const message = `${describeSecret(key)} ${read.error}`;
    report(linking, { code: 'CertificateInvalid', field, message, related: secret.ref });
    return undefined;
  }
  reportUse(linking, { field, secret, reading: read.value });
  return read.value;
}

function reportUse(
  linking: Linking,
  { field, secret, reading }: { readonly field: string; readonly secret: Secret; readonly reading: CertificateReading },
): void {
  const subject = `the certificate of ${describeSecret(secret.key)}`;
  const fault = validityFault(reading, (atMs) => hasPassed(linking, atMs));
  if (fault !== undefined) {
    report(linking, { code: fault.code, field, message: `${subject} ${fault.reason}`, related: secret.ref });
  }
  if (!reading.needsStapling) return;
  const message = `${subject} asks for a stapled OCSP answer, and none is given`;
  report(linking, { code: 'CertificateNeedsStapling', field, message, related: secret.ref });
}

function describeSecret(key: ObjectKey): string {
  return `Secret ${quoteFound(key)}`;
}
