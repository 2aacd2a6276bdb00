import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { startEchoBackend, startGate, type EchoBackend, type Gate } from './harness/index.ts';
import type { Echo } from './harness/echo-backend.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';

let cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  cleanUps = [];
});

type Data = Readonly<Record<string, string>>;

async function serve(settings: Data, annotations: Data = {}): Promise<Gate> {
  const manifests: ManifestDirectory = makeManifestDirectory();
  const backend: EchoBackend = await startEchoBackend({ name: 'web' });
  manifests.save('all.yaml', [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'system', name: 'settings' }, data: settings },
    oneRule({ annotations }),
    ...serviceOnLoopback('web', backend.port),
  ]);
  const gate = await startGate({ manifests: manifests.path, flags: ['--configmap=system/settings'] });
  cleanUps.push(
    () => manifests.cleanUp(),
    () => backend.close(),
    () => gate.close(),
  );
  expect(gate.problems()).toEqual([]);
  return gate;
}

interface Sent {
  readonly proxy?: string;
  readonly headers?: Data;
  readonly tls?: 'tls';
}

/** Status, and the headers that the backend saw. */
async function send(
  gate: Gate,
  { proxy = '', headers = {}, tls }: Sent,
): Promise<{ status: number; seen: Data; text: string }> {
  const lines = Object.entries({ Host: 'x.example.com', Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const request = `GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
  const text = await new Promise<string>((resolve, reject) => {
    let answer = '';
    const plain = connect(tls === undefined ? gate.httpPort : gate.httpsPort, '127.0.0.1', () => {
      if (proxy !== '') plain.write(proxy);
      const socket =
        tls === undefined
          ? plain
          : connectTls({ socket: plain, servername: 'x.example.com', rejectUnauthorized: false });
      socket.write(request);
      socket.on('data', (data: Buffer) => (answer += data.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
    plain.setTimeout(8000, () => plain.destroy());
    plain.on('error', reject);
  });
  const body = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  const seen = body === '' ? {} : (JSON.parse(body) as Echo).headers;
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), seen, text };
}

const forwarded = {
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Port': '8444',
  'X-Forwarded-Host': 'outer.example.com, inner',
};
const proxyLine = (from: string, port = 443): string => `PROXY TCP4 ${from} 192.0.2.1 40000 ${port}\r\n`;
const loopback = { 'proxy-real-ip-cidr': '127.0.0.0/8' };
const strangers = { 'proxy-real-ip-cidr': '198.51.100.0/24' };
const onlyOne = { 'whitelist-source-range': '203.0.113.7/32' };

describe('what a backend learns of a client', () => {
  it('is what the connection tells, by default', async () => {
    const { seen } = await send(await serve({}), { headers: forwarded });
    expect(seen).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'x.example.com',
      host: 'x.example.com',
      'x-original-forwarded-for': '203.0.113.7',
    });
  });

  it('is what a believed proxy tells in headers', async () => {
    const gate = await serve({ 'use-forwarded-headers': 'true', ...loopback }, onlyOne);
    const { status, seen } = await send(gate, { headers: forwarded });
    expect(status).toBe(200);
    expect(seen).toMatchObject({
      'x-real-ip': '203.0.113.7',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      'x-scheme': 'https',
      'x-forwarded-port': '8444',
      'x-forwarded-host': 'outer.example.com',
      host: 'outer.example.com',
    });
    expect((await send(gate, { headers: { ...forwarded, 'X-Forwarded-For': '203.0.113.8' } })).status).toBe(403);
    expect((await send(gate, {})).status).toBe(403);
  });

  it('is nothing that a stranger tells in headers', async () => {
    const gate = await serve({ 'use-forwarded-headers': 'true', 'compute-full-forwarded-for': 'true', ...strangers });
    const { seen } = await send(gate, { headers: forwarded });
    expect(seen).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'x.example.com',
      host: 'x.example.com',
    });
    const closed = await serve({ 'use-forwarded-headers': 'true', ...strangers }, onlyOne);
    expect((await send(closed, { headers: forwarded })).status).toBe(403);
  });

  it('may be the whole way that a request came', async () => {
    const gate = await serve({ 'use-forwarded-headers': 'true', 'compute-full-forwarded-for': 'true', ...loopback });
    const way = { 'X-Forwarded-For': '192.0.2.66, 203.0.113.7' };
    const { seen } = await send(gate, { headers: way });
    expect(seen).toMatchObject({ 'x-forwarded-for': '192.0.2.66, 203.0.113.7, 127.0.0.1', 'x-real-ip': '203.0.113.7' });
    expect((await send(gate, {})).seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
  });

  it('is its address alone with enable-real-ip, from the header that is named', async () => {
    const gate = await serve({ 'enable-real-ip': 'true', 'forwarded-for-header': 'True-Client-IP', ...loopback });
    const { seen } = await send(gate, { headers: { ...forwarded, 'True-Client-IP': '203.0.113.9' } });
    expect(seen).toMatchObject({ 'x-real-ip': '203.0.113.9', 'x-forwarded-proto': 'http', host: 'x.example.com' });
  });

  it('is what the PROXY protocol tells, over HTTP and HTTPS', async () => {
    const gate = await serve({ 'use-proxy-protocol': 'true', ...loopback }, onlyOne);
    const plain = await send(gate, { proxy: proxyLine('203.0.113.7', 80), headers: forwarded });
    expect(plain.seen).toMatchObject({
      'x-real-ip': '203.0.113.7',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
      host: 'x.example.com',
    });
    const offloaded = await send(gate, { proxy: proxyLine('203.0.113.7') });
    expect(offloaded.seen).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' });
    const tls = await send(gate, { proxy: proxyLine('203.0.113.7'), tls: 'tls' });
    expect(tls.seen).toMatchObject({ 'x-real-ip': '203.0.113.7', 'x-forwarded-proto': 'https' });
    expect((await send(gate, { proxy: proxyLine('203.0.113.8'), headers: forwarded })).status).toBe(403);
    expect((await send(gate, {})).status).not.toBe(200);
  });

  it('is nothing that a stranger tells by the PROXY protocol', async () => {
    const gate = await serve({ 'use-proxy-protocol': 'true', 'use-forwarded-headers': 'true', ...strangers });
    const { seen } = await send(gate, { proxy: proxyLine('203.0.113.7'), headers: forwarded });
    expect(seen).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      host: 'x.example.com',
    });
    expect(seen['x-forwarded-port']).toBe(String(gate.httpPort));
  });

  it('is nothing in headers of a client that comes through a believed PROXY protocol', async () => {
    const gate = await serve({
      'use-proxy-protocol': 'true',
      'use-forwarded-headers': 'true',
      'compute-full-forwarded-for': 'true',
      ...loopback,
    });
    const { seen } = await send(gate, {
      proxy: proxyLine('203.0.113.7', 80),
      headers: { ...forwarded, 'X-Forwarded-For': '10.0.0.1' },
    });
    expect(seen).toMatchObject({
      'x-real-ip': '203.0.113.7',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'http',
      host: 'x.example.com',
    });
    const through = await send(gate, { proxy: proxyLine('127.0.0.9', 80), headers: forwarded });
    expect(through.seen).toMatchObject({
      'x-forwarded-for': '203.0.113.7, 127.0.0.9',
      'x-forwarded-proto': 'https',
      host: 'outer.example.com',
    });
  });
});
