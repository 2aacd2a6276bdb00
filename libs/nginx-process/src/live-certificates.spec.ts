import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { objectKey } from '@gatehouse/core';
import type { Bundle } from '@gatehouse/nginx';
import type { UnusableCertificate } from '@gatehouse/pipeline';
import type { Certificate } from '@gatehouse/routing';
import { aBundle, makeNginxSandbox, type NginxSandbox } from '@gatehouse/testing';
import { createKeyStore, type KeyStore } from './key-store.ts';
import { LiveCertificates } from './live-certificates.ts';
import { prepareConfig } from './prepare-runtime.ts';
import { runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';

/** Alerts of TLS, fatal (RFC 8446, section 6): internal_error, and handshake_failure, which shows no certificate. */
const [CANNOT_LOAD, SHOWS_NONE] = [Uint8Array.of(21, 3, 3, 0, 2, 2, 80), Uint8Array.of(21, 3, 3, 0, 2, 2, 40)];

let sandbox: NginxSandbox;
let layout: RuntimeLayout;
let store: KeyStore;
let server: Server;
let live: LiveCertificates;
/** The names that were asked for. */
let asked: string[];

beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  layout = runtimeLayout(sandbox.directory);
  await prepareConfig(layout);
  mkdirSync(dirname(layout.tlsSocket), { recursive: true });
  store = createKeyStore(layout);
  live = new LiveCertificates(layout, store);
  asked = [];
  server = createServer((socket) => {
    socket.once('data', (hello) => {
      const [name = ''] = /[0-9a-f]{64}\.(?:pem|live)/.exec(hello.toString('latin1')) ?? [];
      asked.push(name);
      const isBad = readFileSync(join(layout.keys, name), 'latin1').startsWith('bad');
      socket.end(isBad ? CANNOT_LOAD : SHOWS_NONE);
    });
    socket.on('error', () => undefined);
  }).listen(layout.tlsSocket);
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await sandbox.remove();
});

const idOf = (text: string) => createHash('sha256').update(text).digest('hex');
const linkOf = (secret: string) => `${idOf(secret)}.live`;

/** Links by the name of their Secret, to certificates by their text; nginx cannot use one that begins with `bad`. */
function linked(texts: Readonly<Record<string, string>>): Bundle {
  const all = Object.entries(texts).map(([name, text]): [string, Certificate] => [
    linkOf(name),
    { id: idOf(text), secret: objectKey('default', name), pem: Buffer.from(text) },
  ]);
  return aBundle({
    certificates: new Map(all.map(([, one]) => [`${one.id}.pem`, one])),
    certificateLinks: new Map<string, Certificate | undefined>([...all, ['default.live', undefined]]),
  });
}

/** Hands a bundle over, as when its configuration runs; `followed`: as that of one before did. */
async function apply(bundle: Bundle, followed = bundle): Promise<readonly UnusableCertificate[]> {
  return live.bringUp(bundle, await store.write(bundle, followed.certificateLinks));
}

const isDefault = (secret: string) =>
  readlinkSync(join(layout.keys, linkOf(secret))) === readlinkSync(join(layout.keys, 'default.live'));

describe('certificates of a configuration that runs', () => {
  it('are all tried, so many at each change, when a configuration brings very many', async () => {
    const names = Array.from({ length: 600 }, (_, number) => String(number));
    const bundle = linked({ ...Object.fromEntries(names.map((name) => [name, `good ${name}`])), last: 'bad' });
    const told: number[] = [];
    for (let count = 0; count < 4; count += 1) told.push((await apply(bundle)).length);
    expect(told).toEqual([0, 0, 1, 1]);
    expect(isDefault('last')).toBe(true);
    // Each once, but for the bad one and the default, which each change depends on.
    expect(names.filter((name) => asked.filter((one) => one === `${idOf(`good ${name}`)}.pem`).length !== 1)).toEqual(
      [],
    );
  });

  it('are tried again after they were away', async () => {
    const one = linked({ a: 'one' });
    await apply(one);
    await apply(linked({}));
    asked.length = 0;
    await apply(one);
    expect(asked).toContain(`${idOf('one')}.pem`);
  });

  it('are told with what stands in for them', async () => {
    const secret = (name: string) => objectKey('default', name);
    await apply(linked({ a: 'one' }));
    const bad = linked({ a: 'bad a', b: 'bad b' });
    const expected = [
      { secret: secret('a'), standsIn: 'the one before' },
      { secret: secret('b'), standsIn: 'the self-signed one' },
    ];
    for (let count = 0; count < 2; count += 1) {
      expect([...(await apply(bad))].sort((x, y) => x.secret.localeCompare(y.secret))).toEqual(expected);
      expect([isDefault('a'), isDefault('b')]).toEqual([false, true]);
    }
  });

  it('never show the one of a Secret that was gone in place of one that nginx cannot use', async () => {
    await apply(linked({ a: 'one' }));
    const without = linked({});
    await apply(without);
    const bad = linked({ a: 'bad' });
    expect(await apply(bad, without)).toMatchObject([{ standsIn: 'the self-signed one' }]);
    expect(isDefault('a')).toBe(true);
  });
});
