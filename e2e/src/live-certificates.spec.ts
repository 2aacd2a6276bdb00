/**
 * Duty: certificates that nginx reads at each handshake, where something is wrong with them: keys that nobody can use, or
 * may read, or that are gone; and names that ask for what is not theirs.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { objectKey } from '@gatehouse/core';
import { createRenderer, type Renderer } from '@gatehouse/nginx';
import {
  createLocalSupervisor,
  createNginxProcess,
  findGroupId,
  findNginx,
  readMachineFacts,
} from '@gatehouse/nginx-process';
import type { NginxProcess } from '@gatehouse/pipeline';
import type { Certificate } from '@gatehouse/routing';
import { aHost, aModel, freePort, makeCertificate, masterIn, RecordingLogger } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { handshake } from './harness/handshake.ts';

const isLive = testedCapabilities().certificateCache;

async function newPem(host: string): Promise<string> {
  const { certPem, keyPem } = await makeCertificate({ hosts: [host] });
  return `${certPem}${keyPem}`;
}

async function certificateOf(secret: string, pem?: string): Promise<Certificate> {
  const bytes = Buffer.from(pem ?? (await newPem(`${secret}.example.com`)));
  const id = createHash('sha256').update(bytes).digest('hex');
  return { id, secret: objectKey('default', secret), pem: bytes };
}

/** A certificate with the key of another: nginx cannot use it. */
async function mismatched(secret: string): Promise<Certificate> {
  const [one, other] = [await makeCertificate({ hosts: [secret] }), await makeCertificate({ hosts: [secret] })];
  return certificateOf(secret, `${one.certPem}${other.keyPem}`);
}

describe('certificates that nginx reads at each handshake', () => {
  if (!isLive) {
    it.skip('are not asked for: this nginx is older than 1.27.4', () => undefined);
    return;
  }
  let ports: { readonly httpPort: number; readonly httpsPort: number };
  let directory: string;
  let logger: RecordingLogger;
  let renderer: Renderer;
  let nginx: NginxProcess;

  beforeEach(async () => {
    ports = { httpPort: await freePort(), httpsPort: await freePort() };
    directory = mkdtempSync(join(tmpdir(), 'live-certificates-'));
    logger = new RecordingLogger();
    const named = process.env['GATEHOUSE_NGINX_BINARY'] ?? '';
    const found = await findNginx({ named, searchPath: process.env['PATH'] ?? '' });
    if (!found.ok) throw new Error(found.error);
    const { workerUser } = await readMachineFacts({ binary: found.value, workerUser: '' });
    renderer = createRenderer({
      capabilities: testedCapabilities(),
      http: [{ address: '127.0.0.1', port: ports.httpPort }],
      https: [{ address: '127.0.0.1', port: ports.httpsPort }],
      runtimeDirectory: directory,
      workersReadKeys: true,
      openFileLimit: 1024,
      ...(workerUser === undefined ? {} : { workerUser }),
    });
    const place = { runtimeDirectory: directory, logger };
    const keyReaders = workerUser === undefined ? undefined : await findGroupId(workerUser);
    nginx = createNginxProcess({
      ...place,
      supervisor: createLocalSupervisor({ ...place, binary: found.value }),
      ...(keyReaders === undefined ? {} : { keyReaders }),
    });
  });
  afterEach(async () => {
    await nginx.stop(0);
    rmSync(directory, { recursive: true, force: true });
  });

  /** Hosts by the names of their Secrets. */
  const apply = (...certificates: readonly Certificate[]) =>
    nginx.apply(
      renderer.render(
        aModel(
          certificates.map((certificate) =>
            aHost({ name: `${certificate.secret.split('/')[1] ?? ''}.example.com`, certificate, hasTls: true }),
          ),
        ),
      ),
    );
  const namesFor = async (name: string) => (await handshake(ports, `${name}.example.com`)).names;
  const DEFAULT = 'DNS:gatehouse.invalid';

  it('keep the last good one when the new one cannot be used, and hurt nobody else', async () => {
    expect(await apply(await certificateOf('a'), await certificateOf('b'))).toMatchObject({
      kind: 'applied',
      unusableCertificates: [],
    });
    const b = await certificateOf('b');
    expect(await apply(await mismatched('a'), b)).toEqual({
      kind: 'renewed',
      unusableCertificates: [{ secret: 'default/a', standsIn: 'the one before' }],
    });
    expect(await namesFor('a')).toBe('DNS:a.example.com');
    expect(await namesFor('b')).toBe('DNS:b.example.com');
    expect(await apply(await certificateOf('a'), b)).toEqual({ kind: 'renewed', unusableCertificates: [] });
  });

  it('give way to the default one when there never was a good one', async () => {
    const bad = await mismatched('a');
    const applied = await apply(bad, await certificateOf('b'));
    const unusableCertificates = [{ secret: 'default/a', standsIn: 'the self-signed one' }];
    expect(applied).toMatchObject({ kind: 'applied', unusableCertificates });
    expect([await namesFor('a'), await namesFor('b')]).toEqual([DEFAULT, 'DNS:b.example.com']);
    // A further change does not make it better, nor worse.
    const again = await apply(bad, await certificateOf('b'));
    expect(again).toEqual({ kind: 'renewed', unusableCertificates });
    expect(await namesFor('a')).toBe(DEFAULT);
  });

  it('never show the key of a Secret that was gone, once it is there again with another one', async () => {
    const b = await certificateOf('b');
    await apply(await certificateOf('a'), b);
    await apply(b);
    expect(await apply(await mismatched('a'), b)).toMatchObject({
      kind: 'applied',
      unusableCertificates: [{ secret: 'default/a', standsIn: 'the self-signed one' }],
    });
    expect(await namesFor('a')).toBe(DEFAULT);
  });

  it('are all tried, a part of them at each change, when a configuration brings very many', async () => {
    const [bad, b] = [await mismatched('bad'), await certificateOf('b')];
    // What stands between certificates does not matter to nginx, and makes each another one.
    const many = await Promise.all(
      Array.from({ length: 300 }, (_, number) =>
        certificateOf(`s${number}`, `${Buffer.from(bad.pem).toString()}# ${number}\n`),
      ),
    );
    expect((await apply(b, ...many)).kind).toBe('applied');
    const again = await apply(b, ...many);
    if (again.kind !== 'renewed') throw new Error(again.kind);
    expect(again.unusableCertificates).toHaveLength(300);
    for (let number = 0; number < 300; number += 1) expect(await namesFor(`s${number}`)).toBe(DEFAULT);
    expect(await namesFor('b')).toBe('DNS:b.example.com');
  });

  it('can be read again after the next round when somebody took the right away', async () => {
    if (process.getuid?.() !== 0) return;
    await apply(await certificateOf('a'));
    chmodSync(join(directory, 'keys'), 0o700);
    const files = readdirSync(join(directory, 'keys'));
    expect(files.length).toBeGreaterThan(2);
    await expect(handshake(ports, 'b.example.com')).rejects.toThrow('internal error');
    // What was lost is put right by the next round.
    expect(await apply(await certificateOf('a'))).toMatchObject({ kind: 'renewed', unusableCertificates: [] });
    expect(await namesFor('a')).toBe('DNS:a.example.com');
  });

  it('keep nginx from starting when they are gone', async () => {
    await apply(await certificateOf('a'));
    rmSync(join(directory, 'keys'), { recursive: true });
    process.kill(masterIn(directory), 'SIGKILL');
    while (!logger.messages('error').includes('nginx could not be started again')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await apply(await certificateOf('a'));
    expect(await namesFor('a')).toBe('DNS:a.example.com');
  });

  it('are never files that a client asks for', async () => {
    const certificate = await certificateOf('a');
    await apply(certificate);
    for (const path of ['/', `/${certificate.id}.pem`, '/default.pem', '/../default.pem', '/%2e%2e/default.pem']) {
      for (const host of ['a.example.com', 'unknown.example.com']) {
        const { status, body } = await ask(ports, { ask: `GET https://${host}${path}` });
        expect([path, status >= 400]).toEqual([path, true]);
        expect(body).not.toContain('PRIVATE KEY');
      }
    }
  });

  it.each([
    ...['../proxy/nginx.pid', '/etc/passwd', 'default.pem', '*.live', 'default.live/', '..', 'A'.repeat(64) + '.pem'],
    ...['$gatehouse_certificate', '%2e%2e', 'a.example.com', `x${'0'.repeat(64)}.pem`, '0'.repeat(63) + '.live'],
  ])('are on the proving socket the default one for the name %j', async (servername) => {
    await apply(await certificateOf('a'));
    const names = await new Promise<string | undefined>((resolve, reject) => {
      const socket = connect({ path: join(directory, 'proxy/tls.sock'), servername, rejectUnauthorized: false });
      socket.once('error', reject).once('secureConnect', () => {
        resolve(socket.getPeerX509Certificate()?.subjectAltName);
        socket.destroy();
      });
    }).catch((error: unknown) => (String(error).includes('unrecognized name') ? DEFAULT : String(error)));
    expect(names).toBe(DEFAULT);
  });

  it('answer a request on a connection that was opened for another host as that other host would', async () => {
    await apply(await certificateOf('a'), await certificateOf('b'));
    const answer = await ask(ports, { ask: 'GET https://a.example.com/', host: 'b.example.com' });
    expect([answer.status, answer.certificateNames]).toEqual([404, 'DNS:a.example.com']);
  });
});
