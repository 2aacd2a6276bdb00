import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import { connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { makeSelfSignedCertificate } from './self-signed.ts';

const request = {
  commonName: 'Gatehouse, "the" one = a+b',
  dnsNames: ['gate.example.com', '*.example.org'],
  ipAddresses: ['127.0.0.1', '::1'],
  validDays: 30,
};

describe('a self-signed certificate', () => {
  it('is valid for the names and addresses asked for, and for no others', async () => {
    const certificate = new X509Certificate((await makeSelfSignedCertificate(request)).certPem);
    expect(certificate.checkHost('gate.example.com')).toBe('gate.example.com');
    expect(certificate.checkHost('a.example.org')).toBe('*.example.org');
    expect(certificate.checkHost('example.net')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
  });

  it('takes the common name as plain text, with all that is special in a distinguished name', async () => {
    const certificate = new X509Certificate((await makeSelfSignedCertificate(request)).certPem);
    expect(certificate.toLegacyObject().subject.CN).toBe(request.commonName);
  });

  it('is signed by its own P-256 key, which comes with it', async () => {
    const { certPem, keyPem } = await makeSelfSignedCertificate(request);
    const certificate = new X509Certificate(certPem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  });

  it('is no certificate authority', async () => {
    expect(new X509Certificate((await makeSelfSignedCertificate(request)).certPem).ca).toBe(false);
  });

  it('begins an hour ago and ends after the days asked for', async () => {
    const certificate = new X509Certificate((await makeSelfSignedCertificate(request)).certPem);
    const hour = 3_600_000;
    expect(Math.abs(certificate.validFromDate.getTime() - (Date.now() - hour))).toBeLessThan(60_000);
    expect(Math.abs(certificate.validToDate.getTime() - (Date.now() + 30 * 24 * hour))).toBeLessThan(60_000);
  });

  it('differs from every other in key and serial number', async () => {
    const [a, b] = await Promise.all([makeSelfSignedCertificate(request), makeSelfSignedCertificate(request)]);
    expect(new X509Certificate(a.certPem).serialNumber).not.toBe(new X509Certificate(b.certPem).serialNumber);
    expect(a.keyPem).not.toBe(b.keyPem);
  });

  it('is accepted in a handshake by a client that trusts it', async () => {
    const { certPem, keyPem } = await makeSelfSignedCertificate(request);
    const server = createServer({ cert: certPem, key: keyPem }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const port = (server.address() as AddressInfo).port;
    const authorised = await new Promise<boolean>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ca: certPem, servername: 'gate.example.com' }, () => {
        resolve(socket.authorized);
        socket.destroy();
      }).on('error', reject);
    }).finally(() => server.close());
    expect(authorised).toBe(true);
  });

  it('is refused for an address that is none', async () => {
    await expect(makeSelfSignedCertificate({ ...request, ipAddresses: ['999.1.1.1'] })).rejects.toThrow();
  });
});
