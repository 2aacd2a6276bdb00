import { makeCertificate, RecordingLogger, until, type CertificatePair } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, symlink, writeFile, rename } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@gatehouse/logging';
import { startAdmissionWebhook, type AdmissionWebhook } from '../start.ts';
import { followClientAuthority } from './client-authority.ts';

const logger = new RecordingLogger();
let directory = '';
let ca: CertificatePair;
let otherCa: CertificatePair;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-clients-'));
  ca = await makeCertificate({ hosts: ['authority'], usage: 'ca' });
  otherCa = await makeCertificate({ hosts: ['other authority'], usage: 'ca' });
});

afterAll(() => rm(directory, { recursive: true }));

let fileCount = 0;

async function start(names: readonly string[], file = join(directory, `ca-${(fileCount += 1)}.pem`)) {
  if (!file.includes('linked')) await writeFile(file, ca.certPem);
  const clients = await followClientAuthority({ file, names, clock: systemClock, logger });
  const webhook = await startAdmissionWebhook({
    host: '127.0.0.1',
    port: 0,
    healthPort: 0,
    logger,
    clients,
    manifests: [directory],
  });
  return { webhook, file };
}

/** Asks with an empty body: 403 is who may not ask, 400 who may. */
function ask({ port }: AdmissionWebhook, pair?: CertificatePair, length = '0') {
  const own = pair === undefined ? {} : { cert: pair.certPem, key: pair.keyPem };
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': length };
    const options = { host: '127.0.0.1', port, path: '/validate', method: 'POST', agent: false, headers } as const;
    const asked = httpsRequest({ ...options, ...own, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    if (length === '0') asked.end();
    else asked.flushHeaders();
  });
}

const clientOf = (authority: CertificatePair, hosts: readonly string[], notAfter?: Date) =>
  makeCertificate({ hosts, ca: authority, ...(notAfter === undefined ? {} : { notAfter }) });

describe('the gate with an authority of clients', () => {
  it('answers whom the authority vouches for, and tells the others why not before a byte of their bodies', async () => {
    const { webhook } = await start([]);
    try {
      expect((await ask(webhook, await clientOf(ca, ['anybody']))).status).toBe(400);
      const needed = { status: 403, text: 'a client certificate is needed\n' };
      expect(await ask(webhook)).toEqual(needed);
      expect(await ask(webhook, undefined, '1000000')).toEqual(needed);
      const untrusted = 'no authority that is trusted here vouches for the client certificate\n';
      expect(await ask(webhook, await clientOf(otherCa, ['anybody']))).toEqual({ status: 403, text: untrusted });
      expect(await ask(webhook, await makeCertificate({ hosts: ['self-made'] }))).toMatchObject({ text: untrusted });
      const ended = await clientOf(ca, ['anybody'], new Date(Date.now() - 1000));
      expect(await ask(webhook, ended)).toMatchObject({ status: 403 });
      expect((await fetch(`http://127.0.0.1:${webhook.healthPort}/readyz`)).status).toBe(200);
    } finally {
      await webhook.close(0);
    }
  });

  it('answers only those of its names', async () => {
    const { webhook } = await start(['kube-apiserver', 'system:apiserver']);
    const statusOf = async (...hosts: string[]): Promise<number> =>
      (await ask(webhook, await clientOf(ca, hosts))).status;
    try {
      expect(await statusOf('kube-apiserver')).toBe(400);
      expect(await statusOf('system:apiserver')).toBe(400);
      expect(await statusOf('somebody', 'kube-apiserver')).toBe(400);
      expect(await statusOf('jane')).toBe(403);
      expect(await statusOf('xkube-apiserver')).toBe(403);
      expect(await statusOf('*')).toBe(403);
      expect(await statusOf('jane', 'x, DNS:kube-apiserver, y')).toBe(403);
      expect(await statusOf('jane', 'kube-apiserver.example.com')).toBe(403);
      expect(await ask(webhook, await clientOf(otherCa, ['kube-apiserver']))).toMatchObject({ status: 403 });
    } finally {
      await webhook.close(0);
    }
  });

  it('reads the file again, through a link that is switched, and keeps what it had when it is broken', async () => {
    const [one, two, linked] = ['one.pem', 'two.pem', 'linked.pem'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(one, ca.certPem);
    await writeFile(two, otherCa.certPem);
    await symlink(one, linked);
    const { webhook } = await start([], linked);
    try {
      const [client, other] = await Promise.all([clientOf(ca, ['a']), clientOf(otherCa, ['b'])]);
      expect((await ask(webhook, client)).status).toBe(400);
      await symlink(two, `${linked}.next`);
      await rename(`${linked}.next`, linked);
      await until(async () => (await ask(webhook, other)).status === 400);
      expect((await ask(webhook, client)).status).toBe(403);
      await writeFile(two, '');
      await until(() =>
        logger.messages('error').includes('The authorities of clients cannot be read, those before stay'),
      );
      expect((await ask(webhook, other)).status).toBe(400);
    } finally {
      await webhook.close(0);
    }
  });

  it.each([
    ['is not there', undefined, /^--client-ca-file: .* cannot be read \(ENOENT\)$/],
    ['is empty', '', /there is no certificate/],
    [
      'holds something else',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /certificate 1 of 1 is none/,
    ],
  ])('does not begin when the file %s', async (_, text, reason) => {
    const file = join(directory, `bad-${(fileCount += 1)}.pem`);
    if (text !== undefined) await writeFile(file, text);
    await expect(followClientAuthority({ file, names: [], clock: systemClock, logger })).rejects.toThrow(reason);
  });
});
