import { connectRaw } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpServer, type HttpServer } from './http-server.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const MIB = 2 ** 20;
let server: HttpServer;
let port: number;

beforeEach(async () => {
  server = createHttpServer({
    app: (request, response) => response.end(`${request.method ?? ''} was heard.`),
    limits: { headersTimeoutMs: 500, requestTimeoutMs: 1_000 },
    answersFrom: 'headers',
    logger: silent,
  });
  port = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close(0));

describe('a server that answers from headers', () => {
  it('answers a body before it has come, and the next request on the same connection', async () => {
    const client = await connectRaw(port);
    for (let round = 0; round < 20; round += 1) {
      client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n');
      await client.untilReceived('POST was heard.');
      client.send('x'.repeat(10_000));
    }
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    client.send('PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const { text } = await client.untilClosed();
    expect(text.match(/POST was heard\./g)).toHaveLength(21);
    expect(text).toMatch(/PUT was heard\.$/);
  });

  it('ends the connection in an orderly way, with the answer, when a body is too large', async () => {
    const client = await connectRaw(port);
    const failures: unknown[] = [];
    client.socket.on('error', (error) => failures.push(error));
    let ended = false;
    client.socket.once('end', () => (ended = true));
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${100 * MIB}\r\n\r\n`);
    for (let sent = 0; sent < 6; sent += 1) client.send('x'.repeat(MIB));
    const { text } = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*POST was heard\.$/);
    expect(ended).toBe(true);
    expect(failures).toEqual([]);
  });

  it('cuts off who goes on sending after that', async () => {
    const client = await connectRaw(port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    client.socket.removeAllListeners('end');
    const flood = setInterval(() => client.send(`100000\r\n${'x'.repeat(MIB)}\r\n`), 5);
    const { text, afterMs } = await client.untilClosed();
    clearInterval(flood);
    expect(text).toMatch(/POST was heard\.\r\n0\r\n\r\n$|POST was heard\.$/);
    expect(afterMs).toBeLessThan(5_000);
  });

  it('closes the connection of a body that comes too slowly, and says nothing more', async () => {
    const client = await connectRaw(port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n');
    const drip = setInterval(() => client.send('x'), 20);
    const { text, afterMs } = await client.untilClosed();
    clearInterval(drip);
    expect(text.match(/HTTP\/1.1/g)).toHaveLength(1);
    expect(afterMs).toBeLessThan(3_000);
  });

  it('asks nobody to go on with a body', async () => {
    for (const expectation of ['100-continue', '200-ok']) {
      const client = await connectRaw(port);
      client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: ${expectation}\r\n\r\n`);
      const { text } = await client.untilClosed();
      expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*Connection: close\r\n[^]*PUT was heard\.$/);
    }
  });

  it('answers CONNECT, and ends the connection', async () => {
    const client = await connectRaw(port);
    client.send('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n');
    const { text, afterMs } = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*CONNECT was heard\.$/);
    expect(afterMs).toBeLessThan(1_000);
  });
});
