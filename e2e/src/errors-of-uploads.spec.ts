/**
 * Duty: errors of requests that are hard to answer: bodies that do not come, do not end or have no length, upgrades, and
 * error backends that answer oddly. The status is always that of the error, and nobody waits for a body that nobody wants.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startGate, type Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';

/** nginx waits a minute for bodies. */
const AT_ONCE_MS = 3000;
const PAGE = 'the page of an error';
/** nginx reads at most a page of memory, 4 KiB, of an answer's headers. */
const HEADER_SIZES = [100, 2900, 3100, 3950, 3990, 4030, 4060, 9000];

let directory: ManifestDirectory;
let errors: Server;
let gate: Gate;
/** The same, and nobody makes pages. */
let plainGate: Gate;
/** Bytes of bodies that the error backend was sent. */
let bodyBytes = 0;
/** An error backend that wants the connection for itself: it makes it look like the end of an answer, and listens on. */
let thief: TcpServer;
let stolen = '';

beforeAll(async () => {
  directory = makeManifestDirectory();
  errors = createServer((request, response) => {
    request.on('data', (part: Buffer) => (bodyBytes += part.length));
    const filler = 'b'.repeat(Number(request.headers['x-filler'] ?? 0));
    response.writeHead(200, { 'X-Filler': filler }).end(PAGE);
  });
  errors.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\ntunnelled');
  });
  await new Promise<void>((resolve) => errors.listen(0, '127.0.0.1', resolve));
  thief = createTcpServer((socket) => {
    socket.setEncoding('latin1').on('data', (text: string) => (stolen += text));
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      setTimeout(() => socket.write('3\r\nabc\r\n0\r\n\r\n'), 50);
    });
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  const toThief = { 'default-backend': 'thief' };
  const at = (path: string) => ({ host: 'x.example.com', path, service: 'dead' });
  directory.save('objects.yaml', [
    ...serviceOnLoopback('errors', (errors.address() as AddressInfo).port),
    ...serviceOnLoopback('thief', (thief.address() as AddressInfo).port),
    ...serviceOnLoopback('dead', 9),
    oneRule({ name: 'dead-thief', ...at('/dead-thief'), annotations: toThief }),
    oneRule({ name: 'idle-thief', ...at('/idle-thief'), service: 'idle', annotations: toThief }),
    oneRule({
      name: 'guarded-thief',
      ...at('/guarded-thief'),
      annotations: { ...toThief, 'allowlist-source-range': '192.0.2.0/24' },
    }),
    ...serviceOnLoopback('idle', 9).slice(0, 1),
    oneRule({ name: 'guarded', ...at('/guarded'), annotations: { 'allowlist-source-range': '192.0.2.0/24' } }),
    oneRule({ name: 'idle', ...at('/idle'), service: 'idle', annotations: { 'proxy-body-size': '10m' } }),
    oneRule({ name: 'small', ...at('/small'), annotations: { 'proxy-body-size': '1k' } }),
    oneRule({ name: 'dead', ...at('/dead') }),
  ]);
  gate = await startGate({ manifests: directory.path, flags: ['--default-backend-service=default/errors'] });
  plainGate = await startGate({ manifests: directory.path });
}, 60_000);

afterAll(async () => {
  await gate.close();
  await plainGate.close();
  directory.cleanUp();
  errors.closeAllConnections();
  errors.close();
  thief.close();
});

interface Sent {
  readonly path: string;
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

interface Seen {
  readonly status: number;
  readonly text: string;
}

/** Sends this and no more, and waits for the page, the end of the connection, or the time that is "at once". */
function send({ path, headers = [], body = '' }: Sent, { httpPort } = gate): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect(httpPort, '127.0.0.1');
    let text = '';
    const done = (): void => {
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text });
    };
    const timer = setTimeout(done, AT_ONCE_MS);
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      if (!text.includes(PAGE) && !text.includes('</html>')) return;
      clearTimeout(timer);
      done();
    });
    socket.on('error', () => undefined);
    const method = headers.length > 0 && body !== '' ? 'POST' : 'PUT';
    socket.write([`${method} ${path} HTTP/1.1`, 'Host: x.example.com', ...headers, '', ''].join('\r\n'));
    if (body !== '') socket.write(body);
  });
}

const chunk = (bytes: number): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.toString(16)}\r\n`), Buffer.alloc(bytes, 'x'), Buffer.from('\r\n')]);
const whole = (chunks: Buffer): Buffer => Buffer.concat([chunks, Buffer.from('0\r\n\r\n')]);
const CHUNKED = ['Transfer-Encoding: chunked'];

describe('a refused request with a body', () => {
  const cases: readonly (readonly [what: string, sent: Sent, status: number])[] = [
    ['does not come', { path: '/guarded', headers: ['Content-Length: 3000'] }, 403],
    ['waits to be asked for', { path: '/guarded', headers: ['Content-Length: 9', 'Expect: 100-continue'] }, 403],
    ['comes by half', { path: '/guarded', headers: ['Content-Length: 900000'], body: 'x'.repeat(100_000) }, 403],
    ['has no end yet', { path: '/guarded', headers: CHUNKED, body: chunk(10) }, 403],
    ['has no length and is large', { path: '/guarded', headers: CHUNKED, body: chunk(2 ** 21) }, 403],
    // nginx that learns endpoints by DNS reads the whole body before it looks for one.
    ['is large and whole, for nobody', { path: '/idle', headers: CHUNKED, body: whole(chunk(2 ** 21)) }, 503],
    ['is too large by its length', { path: '/small', headers: ['Content-Length: 3000000000'], body: 'x' }, 413],
    ['turns out to be too large', { path: '/small', headers: CHUNKED, body: chunk(2 ** 16) }, 413],
    ['came whole', { path: '/dead', headers: ['Content-Length: 200000'], body: 'x'.repeat(200_000) }, 502],
  ];

  it.each(cases)('that %s is answered at once, with its own status and the page', async (_what, sent, status) => {
    const seen = await send(sent);
    expect([seen.status, seen.text.includes(PAGE)]).toEqual([status, true]);
    expect(bodyBytes).toBe(0);
  });

  it('leaves no connection in disorder', async () => {
    for (let count = 0; count < 40; count += 1) {
      const [, sent, status] = cases[count % cases.length]!;
      const [seen, plain] = await Promise.all([send(sent), send({ path: '/guarded' })]);
      expect([seen.status, plain.status]).toEqual([status, 403]);
      expect(plain.text).toContain(PAGE);
    }
  }, 60_000);
});

describe('where nobody makes pages, a request with a body', () => {
  it.each([
    ['/idle', 503, { headers: ['Content-Length: 5'], body: 'xxxxx' }],
    ['/idle', 503, { headers: CHUNKED, body: whole(chunk(2 ** 16)) }],
    ['/dead', 502, { headers: ['Content-Length: 5'], body: 'xxxxx' }],
    ['/dead', 502, { headers: CHUNKED, body: whole(chunk(2 ** 16)) }],
  ] as const)('to %s is answered %i', async (path, status, sent) => {
    expect((await send({ path, ...sent }, plainGate)).status).toBe(status);
  });
});

describe('an error backend', () => {
  it.each(HEADER_SIZES)('cannot change the status by %i bytes of a header', async (size) => {
    expect((await send({ path: '/guarded', headers: [`X-Filler: ${size}`] })).status).toBe(403);
  });

  it.each([
    ['/guarded', 403],
    ['/dead', 502],
  ])('gets no tunnel to a client of %s', async (path, status) => {
    const seen = await send({ path, headers: ['Upgrade: websocket', 'Connection: Upgrade'] });
    expect(seen.status).toBe(status);
    expect(seen.text).not.toContain('tunnelled');
  });

  it.each(
    ['/dead-thief', '/idle-thief', '/guarded-thief'].flatMap((path) =>
      ['Upgrade: websocket', 'Upgrade: 0', 'X-Nothing: 0'].map((header) => [path, header] as const),
    ),
  )('gets no connection of others by %s with %s', async (path, header) => {
    for (let count = 0; count < 3; count += 1) {
      const socket = connect(gate.httpPort, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x.example.com\r\n${header}\r\nConnection: Upgrade\r\n\r\n`);
      await delay(200);
      const others = await Promise.all([1, 2].map(() => send({ path: '/guarded', headers: ['Cookie: secret=1'] })));
      expect(others.map(({ status, text }) => [status, text.includes(PAGE)])).toEqual([
        [403, true],
        [403, true],
      ]);
      socket.destroy();
    }
    expect(stolen).not.toContain('secret');
  });
});
