import type { Serving } from '@gatehouse/http';
import { askPort, type PortAnswer } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { CONTENT_CODINGS } from './content-coding.ts';
import { startDefaultBackend } from './start.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const decompress = { br: brotliDecompressSync, gzip: gunzipSync, zstd: zstdDecompressSync };
const UUID = '8b0f2d3c-6a53-4b8e-9f0a-0c1d2e3f4a5b';
let serving: Serving;

beforeAll(async () => {
  serving = await startDefaultBackend({
    ...{ host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Cafe', logger },
    ...{ trustedProxies: ['private'], detailsNetworks: ['10.0.0.0/8'], retryAfter429: 0, retryAfter503: 0 },
  });
});

afterAll(() => serving.close(0));

const ask = (headers: Record<string, string>, method = 'GET') => askPort({ port: serving.port, method, headers });

/** Asks until the compressed form has been made. */
async function askCompressed(headers: Record<string, string>): Promise<PortAnswer> {
  for (;;) {
    const answer = await ask(headers);
    if (answer.headers['content-encoding'] !== undefined) return answer;
    await delay(10);
  }
}

describe.each(CONTENT_CODINGS)('a page in %s', (coding) => {
  it.each(['0af7651916cd43dd8448eb211c80319c', UUID])(
    'is the page itself, with the number %s of each request',
    async (id) => {
      const asked = { 'X-Code': '503', 'Accept-Encoding': coding, 'X-Request-ID': id };
      await askCompressed(asked);
      for (const number of [id, id.toUpperCase(), id.replaceAll(/[0-9]/g, '7')]) {
        const { headers, bytes } = await ask({ ...asked, 'X-Request-ID': number });
        const { text, headers: plainHeaders } = await ask({ 'X-Code': '503', 'X-Request-ID': number });
        expect(headers['content-encoding']).toBe(coding);
        expect(headers['content-length']).toBe(String(bytes.length));
        expect(headers.vary).toBe(plainHeaders.vary);
        expect(headers.vary).toContain('Accept-Encoding');
        expect(decompress[coding](bytes).toString()).toBe(text);
        expect(text).toContain(number);
        expect(bytes.length).toBeLessThan(text.length * 0.7);
      }
    },
  );

  it('has the same headers for HEAD', async () => {
    const asked = { 'X-Code': '502', 'Accept-Encoding': coding, 'X-Request-ID': UUID };
    const get = await askCompressed(asked);
    const head = await ask(asked, 'HEAD');
    const { date: _, ...headers } = get.headers;
    expect(head.headers).toMatchObject(headers);
    expect(head.bytes).toHaveLength(0);
  });
});

describe('a page', () => {
  it('is sent as it is with a number that a client made up, and with details', async () => {
    await askCompressed({ 'X-Code': '504', 'Accept-Encoding': 'br', 'X-Request-ID': UUID });
    for (const more of [{ 'X-Request-ID': 'my-own' }, { 'X-Request-ID': UUID, 'X-Forwarded-For': '10.1.2.3' }]) {
      const { headers, text } = await ask({ 'X-Code': '504', 'Accept-Encoding': 'br', ...more });
      expect(headers).not.toHaveProperty('content-encoding');
      expect(text).toContain(more['X-Request-ID']);
    }
  });

  it('is not compressed when it is small, and says so in Vary', async () => {
    const asked = { Accept: 'application/json', 'Accept-Encoding': 'br', 'X-Request-ID': UUID };
    for (let round = 0; round < 3; round += 1) {
      const { headers } = await ask(asked);
      expect(headers).not.toHaveProperty('content-encoding');
      expect(headers.vary).not.toContain('Accept-Encoding');
      await delay(20);
    }
  });
});
