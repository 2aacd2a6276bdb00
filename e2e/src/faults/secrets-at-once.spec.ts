import { describe, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { makeCertificate, type CertificatePair } from '@gatehouse/testing';
import { handshake } from '../harness/handshake.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { tlsSecret } from './certificate-rotation.ts';
import { hold, lostRequests } from './fault-figure.ts';
import { openScene, timeUntil } from './scene.ts';

const SECRETS = 500;
/** A file of Secrets is one change, as one of them is at an API server. */
const FILES = 50;
const AT_A_TIME = 10;
const names = Array.from({ length: SECRETS }, (_, index) => `host-${index}`);
const files = Array.from({ length: FILES }, (_, index) => `secrets-${index}`);

describe('many Secrets that are renewed at once', () => {
  it('lose no request, and cost few reloads', async () => {
    const rules = names.map((name) => oneRule({ name, host: `${name}.example.com`, tlsSecret: name }));
    const [before, after] = [await secretFiles(), await secretFiles()];
    const scene = await openScene({ objects: { hosts: rules, ...before.files } });
    const { apply, gate } = scene;
    const shows = async (host: string, serial: string): Promise<boolean> =>
      (await handshake(gate, host)).serial === serial;
    try {
      const traffic = scene.startTraffic();
      await traffic.during(1);
      for (const [file, objects] of Object.entries(after.files)) await apply(file, objects);
      let left = [...after.serials];
      const servedMs = await timeUntil(async () => {
        const asked = left.slice(0, AT_A_TIME);
        const areServed = await Promise.all(asked.map(([name, serial]) => shows(`${name}.example.com`, serial)));
        left = [...asked.filter((_, at) => areServed[at] !== true), ...left.slice(AT_A_TIME)];
        return left.length === 0;
      }, 60_000);
      await traffic.during(1);
      hold('secrets-at-once', [
        lostRequests(`${SECRETS} Secrets renewed at once`, await traffic.stop()),
        { name: 'reloads', unit: 'count', measured: scene.reloads(), bar: { atMost: 5 } },
        { name: 'all are served after', unit: 'ms', measured: servedMs, bar: { atMost: 30_000 } },
      ]);
    } finally {
      await scene.close();
    }
  }, 150_000);
});

interface SecretFiles {
  readonly files: Readonly<Record<string, readonly object[]>>;
  /** By the name of the Secret. */
  readonly serials: ReadonlyMap<string, string>;
}

async function secretFiles(): Promise<SecretFiles> {
  const pairs = new Map<string, CertificatePair>();
  for (const name of names) pairs.set(name, await makeCertificate({ hosts: [`${name}.example.com`] }));
  const objects = [...pairs].map(([name, pair]) => tlsSecret(name, pair));
  const serials = [...pairs].map(([name, { certPem }]) => [name, new X509Certificate(certPem).serialNumber] as const);
  const perFile = SECRETS / FILES;
  return {
    files: Object.fromEntries(files.map((file, at) => [file, objects.slice(at * perFile, (at + 1) * perFile)])),
    serials: new Map(serials),
  };
}
