import type { Serving } from '@gatehouse/http';
import { askPort, connectRaw } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDefaultBackend } from './start.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let serving: Serving;

beforeAll(async () => {
  serving = await startDefaultBackend({
    ...{ host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Cafe', logger },
    ...{ trustedProxies: ['private'], detailsNetworks: [], retryAfter429: 0, retryAfter503: 0 },
    limits: { headersTimeoutMs: 200, requestTimeoutMs: 600 },
  });
});

afterAll(() => serving.close(0));

describe('the default backend and its hostile clients', () => {
  it('cuts off headers that never end', async () => {
    const client = await connectRaw(serving.port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\n');
    const { text, afterMs } = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(afterMs).toBeLessThan(1_500);
  });

  it('answers before a large body has arrived, and cuts off one that never ends', async () => {
    const client = await connectRaw(serving.port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nX-Code: 413\r\nContent-Length: 99999999999\r\n\r\n');
    const drip = setInterval(() => client.send('x'.repeat(1_000)), 10);
    await client.untilReceived('</html>');
    const { text, afterMs } = await client.untilClosed();
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(afterMs).toBeLessThan(2_500);
  });

  it('goes on with the connection after a body that it had no use for', async () => {
    const client = await connectRaw(serving.port);
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nX-Code: 413\r\nContent-Length: 2000000\r\n\r\n${'x'.repeat(2_000_000)}`);
    await client.untilReceived('</html>');
    client.send('GET / HTTP/1.1\r\nHost: a\r\nX-Code: 418\r\n\r\n');
    await client.untilReceived('HTTP/1.1 418 ');
    client.socket.destroy();
  });

  it('answers 431 to headers that are too large', async () => {
    const client = await connectRaw(serving.port);
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nAccept: ${'a/b,'.repeat(20_000)}\r\n\r\n`);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 431 /);
  });

  it('gives a page to a request with as many headers as nginx takes', async () => {
    const headers = { 'X-Code': '502', Cookie: 'x'.repeat(40_000), 'X-Original-URI': `/${'y'.repeat(8_000)}` };
    expect((await askPort({ port: serving.port, headers })).status).toBe(502);
  });

  it('goes on with others while many send nothing at all', async () => {
    const idle = await Promise.all(Array.from({ length: 200 }, () => connectRaw(serving.port)));
    for (const client of idle) client.send('GET / HTTP/1.1\r\nHost: a\r\nX-');
    expect((await askPort({ port: serving.port })).status).toBe(404);
    const ends = await Promise.all(idle.map((client) => client.untilClosed()));
    expect(ends.every(({ text }) => text.startsWith('HTTP/1.1 408 '))).toBe(true);
  });
});
