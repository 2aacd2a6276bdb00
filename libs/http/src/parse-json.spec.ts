import { connectRaw } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerErrors } from './answer-errors.ts';
import { createHttpApp } from './http-app.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { parseJson, refuseOtherMedia } from './parse-json.ts';
import { readBody } from './read-body.ts';

const limits = { maxBytes: 1_000, maxDepth: 5 };
const logged: unknown[] = [];
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (...line: unknown[]) => logged.push(line) };
let server: HttpServer;
let port = 0;

beforeAll(async () => {
  const app = createHttpApp();
  app.post('/', async (request, response) => {
    refuseOtherMedia(request);
    response.json({ read: parseJson(await readBody(request, limits), limits.maxDepth) });
  });
  app.use(answerErrors(logger));
  server = createHttpServer({ app, logger });
  port = await server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => server.close(0));

async function post(body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, text: await response.text() };
}

describe('reading a JSON body', () => {
  it('gives back any JSON within the limits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), async (value) => {
        const text = JSON.stringify(value);
        fc.pre(Buffer.byteLength(text) <= limits.maxBytes);
        expect(await post(text)).toEqual({ status: 200, text: JSON.stringify({ read: JSON.parse(text) }) });
      }),
      { numRuns: 50 },
    );
  });

  it('counts brackets only where they are not text', async () => {
    expect((await post(JSON.stringify({ a: '[[[[[[[[{{{{{{{', b: '\\"[[[[[[' }))).status).toBe(200);
  });

  it.each([
    ['the largest that is allowed', `"${'x'.repeat(998)}"`, 200],
    ['one byte more', `"${'x'.repeat(999)}"`, 413],
    ['letters of several bytes, which count as bytes', `"${'é'.repeat(500)}"`, 413],
    ['the deepest that is allowed', '[[[[[1]]]]]', 200],
    ['one level more', '[[[[[[1]]]]]]', 400],
    ['objects and arrays that nest by turns', '{"a":[{"a":[{"a":[]}]}]}', 400],
    ['many arrays beside each other', `[${'[],'.repeat(100)}1]`, 200],
    ['text that is not JSON', '{"a":', 400],
    ['JSON with something behind', '{} {}', 400],
    ['nothing', '', 400],
    ['a property named __proto__, which stays a property', '{"__proto__":1}', 200],
  ])('answers %s', async (_, body, status) => {
    expect((await post(body)).status).toBe(status);
  });

  it.each([
    ['bytes that are not UTF-8', [0x22, 0xff, 0x22]],
    ['half of a surrogate pair as bytes', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ['UTF-16', [0x7b, 0x00, 0x7d, 0x00]],
  ])('refuses %s', async (_, bytes) => {
    expect((await post(new Uint8Array(bytes))).status).toBe(400);
  });

  it.each([
    ['another media type', { 'content-type': 'text/plain' }],
    ['a compressed body', { 'content-encoding': 'gzip' }],
  ])('refuses %s with 415', async (_, headers) => {
    expect((await post('{}', headers)).status).toBe(415);
  });

  it('takes a media type with parameters and any case', async () => {
    expect((await post('{}', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200);
  });

  it('refuses a body by its announced length without reading it', async () => {
    const client = await connectRaw(port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n');
    const { text, afterMs } = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(text).toContain('the body is larger than 1000 bytes');
    expect(afterMs).toBeLessThan(1_000);
  });

  it('refuses a body without an announced length as soon as it is too large', async () => {
    const client = await connectRaw(port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n');
    client.send(`400\r\n${'x'.repeat(1_024)}\r\n`);
    const { text } = await client.untilClosed();
    expect(text).toMatch(/^HTTP\/1.1 413 /);
  });

  it('survives a client that goes away in the middle, without a line in the log', async () => {
    const client = await connectRaw(port);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{');
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await post('{}')).status).toBe(200);
    expect(logged).toEqual([]);
  });
});

describe('a depth bomb', () => {
  it('of 4 MiB is refused in well under a second', async () => {
    const app = createHttpApp();
    app.post('/', async (request) => {
      parseJson(await readBody(request, { maxBytes: 5_000_000 }), 64);
    });
    app.use(answerErrors(logger));
    const large = createHttpServer({ app, logger });
    const largePort = await large.listen({ host: '127.0.0.1', port: 0 });
    const startedMs = performance.now();
    const response = await fetch(`http://127.0.0.1:${largePort}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '['.repeat(4_194_304),
    }).finally(() => large.close(0));
    const tookMs = performance.now() - startedMs;
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('the body nests deeper than 64 levels\n');
    expect(tookMs).toBeLessThan(1_000);
  });
});
