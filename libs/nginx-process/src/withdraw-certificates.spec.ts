import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, readlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { objectKey } from '@gatehouse/core';
import type { Bundle } from '@gatehouse/nginx';
import type { Certificate } from '@gatehouse/routing';
import { aBundle, makeCertificate, makeNginxSandbox, type NginxSandbox } from '@gatehouse/testing';
import { createKeyStore, type KeyStore } from './key-store.ts';
import { prepareConfig } from './prepare-runtime.ts';
import { runtimeLayout, type RuntimeLayout } from './runtime-layout.ts';
import { withdrawCertificates } from './withdraw-certificates.ts';

/** Alerts of TLS, fatal (RFC 8446, section 6): internal_error, and handshake_failure, which shows no certificate. */
const [CANNOT_LOAD, SHOWS_NONE] = [Uint8Array.of(21, 3, 3, 0, 2, 2, 80), Uint8Array.of(21, 3, 3, 0, 2, 2, 40)];

let sandbox: NginxSandbox;
let layout: RuntimeLayout;
let store: KeyStore;
let server: Server;
/** Files that nginx cannot load. */
let broken: Set<string>;

beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  layout = runtimeLayout(sandbox.directory);
  await prepareConfig(layout);
  mkdirSync(dirname(layout.tlsSocket), { recursive: true });
  store = createKeyStore(layout);
  broken = new Set();
  server = createServer((socket) => {
    socket.once('data', (hello) => {
      const [name = ''] = /[0-9a-f]{64}\.pem/.exec(hello.toString('latin1')) ?? [];
      socket.end(broken.has(name) ? CANNOT_LOAD : SHOWS_NONE);
    });
    socket.on('error', () => undefined);
  }).listen(layout.tlsSocket);
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await sandbox.remove();
});

const idOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const linkOf = (secret: string) => `${idOf(secret)}.live`;
const leadsTo = (link: string) => readlinkSync(join(layout.keys, link));

async function certificate(secret: string, hosts: readonly string[]): Promise<Certificate> {
  const { certPem, keyPem } = await makeCertificate({ hosts: [...hosts] });
  const pem = Buffer.from(`${certPem}${keyPem}`);
  return { id: idOf(pem), secret: objectKey('default', secret), pem };
}

function linked(all: Readonly<Record<string, Certificate>>): Bundle {
  return aBundle({
    certificates: new Map(Object.values(all).map((one) => [`${one.id}.pem`, one])),
    certificateLinks: new Map<string, Certificate | undefined>([
      ...Object.entries(all).map(([name, one]): [string, Certificate] => [linkOf(name), one]),
      ['default.live', undefined],
    ]),
  });
}

/** Where the link of the Secret `old` leads when it is gone and these are there. */
async function afterwards(old: Certificate, others: Readonly<Record<string, Certificate>>): Promise<string> {
  const before = linked({ old });
  await store.write(before, new Map());
  const bundle = linked(others);
  await store.write(bundle, before.certificateLinks);
  await withdrawCertificates(layout, store, { bundle, gone: [linkOf('old')] });
  return leadsTo(linkOf('old'));
}

describe('a certificate that nobody has any more', () => {
  it('gives way to the self-signed one, whatever others there are', async () => {
    const old = await certificate('old', ['a.example.com', 'b.example.com']);
    const others = {
      a: await certificate('a', ['a.example.com']),
      text: { ...old, id: idOf('x'), pem: Buffer.from('x') },
    };
    expect(await afterwards(old, others)).toBe(leadsTo('default.live'));
  });

  it.each([
    [['a.example.com'], ['b.example.com', 'a.example.com']],
    [['a.example.com'], ['*.example.com']],
    [['*.example.com'], ['*.example.com', 'example.com']],
  ])('gives way to one for the same names: %j to %j', async (names, covering) => {
    const other = await certificate('other', covering);
    expect(await afterwards(await certificate('old', names), { other })).toBe(`${other.id}.pem`);
  });

  it('does not give way to one that nginx cannot use', async () => {
    const [old, other] = [await certificate('old', ['a.example.com']), await certificate('other', ['a.example.com'])];
    broken.add(`${other.id}.pem`);
    expect(await afterwards(old, { other })).toBe(leadsTo('default.live'));
  });
});
