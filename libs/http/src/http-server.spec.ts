import { makeSelfSignedCertificate } from '@gatehouse/certificates';
import { connectRaw } from '@gatehouse/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { createHttpServer, type HttpServer } from './http-server.ts';
import type { HttpLimits } from './limits.ts';
import type { TlsIdentity } from './tls-options.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const open: HttpServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

async function start(app: RequestListener, limits: Partial<HttpLimits> = {}, tls?: TlsIdentity) {
  const server = createHttpServer({ app, limits, logger: silent, ...(tls === undefined ? {} : { tls }) });
  open.push(server);
  return { server, port: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

const hello: RequestListener = (_request, response) => response.end('hello');

function identity(name: string): Promise<TlsIdentity> {
  return makeSelfSignedCertificate({ commonName: name, dnsNames: [name], ipAddresses: ['127.0.0.1'], validDays: 1 });
}

describe('a server and its hostile clients', () => {
  it('closes a connection that never sends a byte', async () => {
    const { port } = await start(hello, { headersTimeoutMs: 200, requestTimeoutMs: 400 });
    const client = await connectRaw(port);
    expect((await client.untilClosed()).afterMs).toBeLessThan(1_500);
  });

  it('answers 408 when headers come one byte at a time', async () => {
    const { port } = await start(hello, { headersTimeoutMs: 200, requestTimeoutMs: 400 });
    const client = await connectRaw(port);
    client.send('GET / HTTP/1.1\r\n');
    const drip = setInterval(() => client.send('x'), 20);
    const { text, afterMs } = await client.untilClosed();
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(afterMs).toBeLessThan(1_500);
  });

  it('closes the connection when a body comes too slowly', async () => {
    const { port } = await start((request) => request.resume(), { headersTimeoutMs: 200, requestTimeoutMs: 400 });
    const client = await connectRaw(port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
    const drip = setInterval(() => client.send('x'), 20);
    const { afterMs } = await client.untilClosed();
    clearInterval(drip);
    expect(afterMs).toBeLessThan(2_000);
  });

  it('answers 431 to headers that are too large', async () => {
    const { port } = await start(hello, { maxHeaderBytes: 1_000 });
    const client = await connectRaw(port);
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(2_000)}\r\n\r\n`);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 431 /);
  });

  it('closes a connection beyond the most that it keeps, and serves the others', async () => {
    const { port } = await start(hello, { maxConnections: 1 });
    const first = await connectRaw(port);
    first.send(GET);
    await first.untilReceived('hello');
    const second = await connectRaw(port);
    expect((await second.untilClosed()).text).toBe('');
    first.send(GET);
    await first.untilReceived('hello');
  });

  it('drops a client that asks and asks and never reads', async () => {
    const { port } = await start((_request, response) => response.end('x'.repeat(1_000_000)), { stallTimeoutMs: 200 });
    const client = await connectRaw(port);
    client.socket.pause();
    client.send(GET.repeat(50));
    const closed = new Promise((resolve) => client.socket.once('close', resolve));
    // Much longer than the server waits, since a busy machine lets both of them wait.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    client.socket.resume();
    await closed;
    expect(client.socket.bytesRead).toBeLessThan(50_000_000);
  }, 20_000);

  it.each([
    ['a request that is none', 'hello\r\n\r\n'],
    ['two lengths of a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ])('answers 400 to %s', async (_, bytes) => {
    const { port } = await start(hello);
    const client = await connectRaw(port);
    client.send(bytes);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 400 /);
  });

  it('drops a client that never finishes its TLS handshake', async () => {
    const { port } = await start(hello, { headersTimeoutMs: 200, requestTimeoutMs: 400 }, await identity('a.test'));
    const client = await connectRaw(port);
    client.send('\x16\x03\x01');
    expect((await client.untilClosed()).afterMs).toBeLessThan(1_500);
  });
});

describe('closing a server', () => {
  it('lets a running request end, refuses new connections, and ends keep-alive', async () => {
    let answer = (): void => {};
    const { server, port } = await start((_request, response) => {
      response.write('begun ');
      answer = () => response.end('ended');
    });
    const client = await connectRaw(port);
    client.send(GET);
    await client.untilReceived('begun');
    const closing = server.close(5_000);
    await expect(connectRaw(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    answer();
    await closing;
    expect((await client.untilClosed()).text).toContain('ended');
  });

  it('tells a client that asks on while requests end to close', async () => {
    const answers: (() => void)[] = [];
    const { server, port } = await start((_request, response) => answers.push(() => response.end('done')));
    const client = await connectRaw(port);
    client.send(GET);
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closing = server.close(5_000);
    client.send(GET);
    answers.shift()?.();
    await client.untilReceived('done');
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    answers.shift()?.();
    await closing;
    expect((await client.untilClosed()).text).toContain('Connection: close');
  });

  it('cuts off what still runs when the time is over', async () => {
    const { server, port } = await start(() => {});
    const client = await connectRaw(port);
    client.send(GET);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedMs = performance.now();
    await server.close(200);
    expect(performance.now() - startedMs).toBeGreaterThan(150);
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    await client.untilClosed();
  });

  it('ends idle connections at once, and may be asked twice', async () => {
    const { server, port } = await start(hello);
    const client = await connectRaw(port);
    client.send(GET);
    await client.untilReceived('hello');
    const startedMs = performance.now();
    await Promise.all([server.close(5_000), server.close(5_000)]);
    await server.close(5_000);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('is possible before it ever listened', async () => {
    await createHttpServer({ app: hello, logger: silent }).close(1_000);
  });
});

describe('a server with TLS', () => {
  const subjectAt = (port: number): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()?.subject);
        socket.destroy();
      }).on('error', reject);
    });

  it('takes another identity for new connections while old ones go on', async () => {
    const [before, after] = await Promise.all([identity('before.test'), identity('after.test')]);
    const { server, port } = await start(hello, {}, before);
    expect(await subjectAt(port)).toBe('CN=before.test');
    const old = connectTls({ port, host: '127.0.0.1', ca: before.certPem, servername: 'before.test' });
    await new Promise((resolve) => old.once('secureConnect', resolve));
    server.setIdentity(after);
    expect(await subjectAt(port)).toBe('CN=after.test');
    old.write(GET);
    const answer = await new Promise((resolve) => old.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    expect(answer).toContain('200 OK');
    old.destroy();
  });

  it('keeps its identity when the next one is unusable', async () => {
    const [good, other] = await Promise.all([identity('good.test'), identity('other.test')]);
    const { server, port } = await start(hello, {}, good);
    expect(() => server.setIdentity({ certPem: other.certPem, keyPem: good.keyPem })).toThrow();
    expect(() => server.setIdentity({ certPem: 'nothing', keyPem: other.keyPem })).toThrow();
    expect(await subjectAt(port)).toBe('CN=good.test');
  });

  it('is not made with a key that belongs to another certificate', async () => {
    const [a, b] = await Promise.all([identity('a.test'), identity('b.test')]);
    const tls = { certPem: a.certPem, keyPem: b.keyPem };
    expect(() => createHttpServer({ app: hello, tls, logger: silent })).toThrow();
    expect(new X509Certificate(a.certPem).subject).toBe('CN=a.test');
  });

  it('refuses TLS 1.1', async () => {
    const { port } = await start(hello, {}, await identity('a.test'));
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ciphers: 'ALL:@SECLEVEL=0' } as const;
    const failure = await new Promise<Error>((resolve) => {
      requestTls({ ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })
        .on('error', resolve)
        .end();
    });
    expect(failure.message).toMatch(/protocol version/i);
  });
});

describe('a client that renegotiates', () => {
  it('is refused', async () => {
    const { port } = await start(hello, {}, await identity('a.test'));
    const client = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
    await new Promise((resolve) => client.once('secureConnect', resolve));
    const failure = await new Promise<Error | null>((resolve) => {
      client.once('error', resolve);
      client.renegotiate({}, resolve);
    });
    expect(failure?.message).toMatch(/no renegotiation/i);
  });
});

describe('listening', () => {
  it('fails with the reason when the port is taken', async () => {
    const { port } = await start(hello);
    const server = createHttpServer({ app: hello, logger: silent });
    await expect(server.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
