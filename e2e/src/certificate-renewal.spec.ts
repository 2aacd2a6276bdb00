/**
 * Duty: certificates that are renewed while clients shake hands: nobody is lost, the next handshake shows the new one, and
 * an nginx that can look for itself is not reloaded.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate, masterIn, processWithChildren, until, type CertificatePair } from '@gatehouse/testing';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import { startGate, type Gate } from './harness/gate.ts';
import { handshake, startHandshakes } from './harness/handshake.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';

const isLive = testedCapabilities().certificateCache;
const HOSTS = ['own.example.com', '*.wild.example.com', 'default.example.com'];

const serialOf = ({ certPem }: CertificatePair) => new X509Certificate(certPem).serialNumber;
const secret = (name: string, { certPem, keyPem }: Partial<CertificatePair>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/tls',
  metadata: { name },
  stringData: { 'tls.crt': certPem ?? '', 'tls.key': keyPem ?? '' },
});

describe('a certificate that is renewed', () => {
  let directory: ManifestDirectory;
  let backend: EchoBackend;
  let gate: Gate;
  let serials: Record<string, string>;

  beforeEach(async () => {
    directory = makeManifestDirectory();
    serials = {};
    backend = await startEchoBackend({ name: 'web' });
    directory.save('services.yaml', serviceOnLoopback('web', backend.port));
    directory.save('x.yaml', [
      oneRule({ name: 'own', host: 'own.example.com', tlsSecret: 'own' }),
      oneRule({ name: 'wild', host: '*.wild.example.com', tlsSecret: 'wild' }),
      oneRule({ name: 'plain', host: 'plain.example.com' }),
    ]);
    for (const name of ['own', 'wild', 'default']) await renew(name);
    gate = await startGate({ manifests: directory.path, flags: ['--default-ssl-certificate=default/default'] });
  });
  afterEach(async () => {
    await gate.close();
    await backend.close();
    directory.cleanUp();
  });

  /** Saves a new certificate in a Secret; resolves with its serial number. */
  async function renew(name: string): Promise<string> {
    const pair = await makeCertificate({ hosts: HOSTS });
    directory.save(`secret-${name}.yaml`, [secret(name, pair)]);
    serials[name] = serialOf(pair);
    return serialOf(pair);
  }

  const shown = async (name?: string) => (await handshake(gate, name)).serial;
  const master = () => masterIn(gate.runtimeDirectory);
  const keys = () => readdirSync(join(gate.runtimeDirectory, 'keys'));

  it('is shown within a second, without a reload, and no handshake is lost', async () => {
    const processes = await processWithChildren(master());
    const load = startHandshakes(gate, 'own.example.com');
    const slowest: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      const serial = await renew('own');
      const startedMs = performance.now();
      await until(async () => (await shown('own.example.com')) === serial);
      slowest.push(performance.now() - startedMs);
    }
    await until(() => Promise.resolve(load.serials.at(-1) === serials['own']));
    const { handshakes, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(handshakes).toBeGreaterThan(20);
    if (!isLive) return;
    expect(gate.lastRound().outcome).toBe('renewed');
    // Those of before may include workers that nginx was started with.
    expect(processes).toEqual(expect.arrayContaining([...(await processWithChildren(master()))]));
    expect(Math.max(...slowest)).toBeLessThan(1000);
  });

  it('is the one that each name gets: its own, a wildcard, none, or one that nobody has', async () => {
    const expected = (): (string | undefined)[] => {
      const { own, wild, default: other } = serials;
      return [own, own, wild, wild, other, other, other, other];
    };
    const actual = () =>
      Promise.all(
        [
          ...['own.example.com', 'OWN.example.com'],
          ...['a.wild.example.com', 'b.wild.example.com'],
          ...['a.b.wild.example.com', 'plain.example.com', 'nobody.example.com', undefined],
        ].map(shown),
      );
    expect(await actual()).toEqual(expected());
    for (const name of ['own', 'wild', 'default']) await renew(name);
    await until(async () => JSON.stringify(await actual()) === JSON.stringify(expected()));
  });

  it('gives way to the default one while nobody can read it', async () => {
    await gate.change(() => directory.save('secret-own.yaml', [secret('own', { certPem: 'x', keyPem: 'y' })]));
    expect(gate.problems().map(({ code }) => code)).toContain('CertificateInvalid');
    expect(await shown('own.example.com')).toBe(serials['default']);
    const serial = await renew('own');
    await until(async () => (await shown('own.example.com')) === serial);
    await until(() => Promise.resolve(gate.problems().length === 0));
  });

  it('is kept by a restart of nginx, which needs nobody for it', async () => {
    const serial = await renew('own');
    await until(async () => (await shown('own.example.com')) === serial);
    process.kill(master(), 'SIGKILL');
    await until(async () => (await shown('own.example.com').catch(() => '')) === serial);
    // Workers of the master that was killed may take a connection on their way out.
    await until(async () => (await shown('plain.example.com').catch(() => '')) === serials['default']);
  });

  it('ends no session of another host', async () => {
    const first = await handshake(gate, 'own.example.com', { maxVersion: 'TLSv1.2' });
    const session = first.session === undefined ? {} : { session: first.session };
    await renew('wild');
    await until(async () => (await shown('a.wild.example.com')) === serials['wild']);
    expect((await handshake(gate, 'own.example.com', { maxVersion: 'TLSv1.2', ...session })).isResumed).toBe(true);
  });

  it('is read by no other user than nginx, and leaves no old key behind', async () => {
    const serial = await renew('own');
    await until(async () => (await shown('own.example.com')) === serial);
    const files = () => keys().filter((name) => name.endsWith('.pem') && name !== 'default.pem');
    await until(() => Promise.resolve(files().length <= 4));
    const path = (name: string) => join(gate.runtimeDirectory, 'keys', name);
    expect(statSync(path('.')).mode & 0o007).toBe(0);
    for (const name of keys().filter((one) => one.endsWith('.pem'))) {
      expect([name, statSync(path(name)).mode & 0o027]).toEqual([name, 0]);
    }
    if (!isLive) return;
    const leadsTo = keys()
      .filter((one) => one.endsWith('.live'))
      .map((name) => readlinkSync(path(name)));
    expect(files().sort()).toEqual([...new Set(leadsTo)].sort());
  });
});
