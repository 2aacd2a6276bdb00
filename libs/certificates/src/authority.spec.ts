import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { issueServing, makeAuthority } from './authority.ts';
import type { CertificateAndKey } from './issue-certificate.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const nowMs = Math.floor(Date.now() / 1000) * 1000;
const authorityRequest = { commonName: 'authority, of = tests', nowMs, lifeMs: 100 * DAY };
const names = { commonName: 'gate', dnsNames: ['gate.edge.svc'], ipAddresses: ['127.0.0.1'] };
const certificateOf = ({ certPem }: CertificateAndKey): X509Certificate => new X509Certificate(certPem);

describe('an authority', () => {
  it('may sign certificates, has the key that it comes with, and lives as long as asked for', async () => {
    const authority = await makeAuthority(authorityRequest);
    const certificate = certificateOf(authority);
    expect(certificate.ca).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(authority.keyPem))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(certificate.validFromDate.getTime()).toBe(nowMs - HOUR);
    expect(certificate.validToDate.getTime()).toBe(nowMs + 100 * DAY);
  });

  it('has a name of its own, so that two can stand side by side', async () => {
    const [one, other] = await Promise.all([makeAuthority(authorityRequest), makeAuthority(authorityRequest)]);
    expect(certificateOf(one).subject).not.toBe(certificateOf(other).subject);
    expect(certificateOf(one).toLegacyObject().subject.CN).toMatch(/^authority, of = tests [0-9a-f]{8}$/);
  });
});

describe('the certificate of a server', () => {
  it('is signed by its authority, for its names alone', async () => {
    const [authority, stranger] = await Promise.all([makeAuthority(authorityRequest), makeAuthority(authorityRequest)]);
    const certificate = certificateOf(await issueServing({ ...names, authority, nowMs, lifeMs: DAY }));
    expect(certificate.checkIssued(certificateOf(authority))).toBe(true);
    expect(certificate.verify(certificateOf(authority).publicKey)).toBe(true);
    expect(certificate.verify(certificateOf(stranger).publicKey)).toBe(false);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkHost('gate.edge.svc')).toBe('gate.edge.svc');
    expect(certificate.checkHost('gate.edge')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.validToDate.getTime()).toBe(nowMs + DAY);
  });

  it('ends with its authority at the latest', async () => {
    const authority = await makeAuthority(authorityRequest);
    const certificate = certificateOf(await issueServing({ ...names, authority, nowMs, lifeMs: 1000 * DAY }));
    expect(certificate.validToDate.getTime()).toBe(nowMs + 100 * DAY);
  });

  it('is accepted by a client that trusts several authorities, and refused by one that trusts another', async () => {
    const [authority, other] = await Promise.all([makeAuthority(authorityRequest), makeAuthority(authorityRequest)]);
    const { certPem, keyPem } = await issueServing({ ...names, authority, nowMs, lifeMs: DAY });
    const server = createServer({ cert: certPem, key: keyPem }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const trusts = (ca: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', ca, servername: 'gate.edge.svc' }, () => {
          resolve('accepted');
          socket.destroy();
        }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      });
    try {
      expect(await trusts(other.certPem + authority.certPem)).toBe('accepted');
      expect(await trusts(authority.certPem)).toBe('accepted');
      expect(await trusts(other.certPem)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    } finally {
      server.close();
    }
  });

  it('is not made with a broken authority', async () => {
    const authority = await makeAuthority(authorityRequest);
    const request = { ...names, nowMs, lifeMs: DAY };
    await expect(issueServing({ ...request, authority: { ...authority, keyPem: 'nothing' } })).rejects.toThrow();
    await expect(issueServing({ ...request, authority: { ...authority, certPem: 'nothing' } })).rejects.toThrow();
  });
});
