import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { makeCertificate } from './certificate.ts';

describe('makeCertificate', () => {
  it('makes a pair that belongs together, for each host named', async () => {
    const { certPem, keyPem } = await makeCertificate({ hosts: ['cafe.example.com', '*.example.com', '10.0.0.1'] });
    const certificate = new X509Certificate(certPem);
    expect(certificate.checkHost('cafe.example.com')).toBe('cafe.example.com');
    expect(certificate.checkHost('tea.example.com')).toBe('*.example.com');
    expect(certificate.checkHost('a.tea.example.com')).toBeUndefined();
    expect(certificate.checkIP('10.0.0.1')).toBe('10.0.0.1');
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    expect(() => createSecureContext({ cert: certPem, key: keyPem })).not.toThrow();
  });

  it('makes certificates that have expired', async () => {
    const { certPem } = await makeCertificate({ hosts: ['a.test'], notAfter: new Date('2020-01-01T00:00:00Z') });
    const { validFromDate, validToDate } = new X509Certificate(certPem);
    expect(validToDate).toEqual(new Date('2020-01-01T00:00:00Z'));
    expect(validFromDate.getTime()).toBeLessThan(validToDate.getTime());
  });

  it('has a certificate signed by another one', async () => {
    const ca = await makeCertificate({ hosts: ['Example CA'], usage: 'ca' });
    const { certPem } = await makeCertificate({ hosts: ['a.test'], ca });
    const issuer = new X509Certificate(ca.certPem);
    const certificate = new X509Certificate(certPem);
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(false);
  });
});
