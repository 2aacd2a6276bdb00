import type { Serving } from '@gatehouse/http';
import { askPort, connectRaw, freePort, type PortRequest } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startDefaultBackend } from './start.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const base = {
  ...{ host: '127.0.0.1', port: 0, healthPort: 0, brandName: 'Cafe', logger },
  ...{ trustedProxies: ['private'], detailsNetworks: ['10.1.0.0/16'], retryAfter429: 7, retryAfter503: 0 },
};
let serving: Serving;

beforeAll(async () => {
  serving = await startDefaultBackend(base);
});

let onOnePort: Serving | undefined;

afterAll(async () => {
  await serving.close(0);
  await onOnePort?.close(0);
});

const ask = (asked: Partial<PortRequest> = {}) => askPort({ port: serving.port, ...asked });

describe('the default backend', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'answers %s with the status of X-Code and a page',
    async (method) => {
      const { status, text } = await ask({ method, path: '/any?thing=1', headers: { 'X-Code': '401' } });
      expect(status).toBe(401);
      expect(text).toContain('<title>401 Unauthorized</title>');
    },
  );

  it('answers CONNECT with the status of X-Code and a page', async () => {
    const client = await connectRaw(serving.port);
    client.send('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\nX-Code: 405\r\n\r\n');
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 405 [^]*<title>405 [^]*<\/html>\n$/);
  });

  it('tells when to come back, where that is set', async () => {
    expect((await ask({ headers: { 'X-Code': '429' } })).headers['retry-after']).toBe('7');
    expect((await ask({ headers: { 'X-Code': '503' } })).headers).not.toHaveProperty('retry-after');
    expect((await ask({ headers: { 'X-Code': '404' } })).headers).not.toHaveProperty('retry-after');
  });

  it('answers HEAD like GET, without a body', async () => {
    const [head, get] = [await ask({ method: 'HEAD' }), await ask()];
    expect(head.status).toBe(404);
    expect(head.text).toBe('');
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it.each([['/503'], ['/200'], ['/?code=200'], ['/healthz/'], ['/readyz'], ['/metrics'], ['//'], ['/%zz'], ['/..%2f']])(
    'takes no code from the path %s',
    async (path) => {
      expect((await ask({ path })).status).toBe(404);
      expect((await ask({ path, headers: { 'X-Code': '502' } })).status).toBe(502);
    },
  );

  it.each([
    ['OPTIONS * HTTP/1.1'],
    ['GET http://[ HTTP/1.1'],
    ['GET http://other.example/200 HTTP/1.1'],
    ['GET http://[:/healthz HTTP/1.1'],
  ])('answers the odd request line %s with the status of X-Code', async (line) => {
    const client = await connectRaw(serving.port);
    client.send(`${line}\r\nHost: a\r\nX-Code: 403\r\nConnection: close\r\n\r\n`);
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 403 Forbidden\r\n/);
  });

  it('answers 404 when X-Code is there twice', async () => {
    const client = await connectRaw(serving.port);
    client.send('GET / HTTP/1.1\r\nHost: a\r\nX-Code: 503\r\nX-Code: 200\r\nConnection: close\r\n\r\n');
    expect((await client.untilClosed()).text).toMatch(/^HTTP\/1.1 404 /);
  });

  it('answers an upgrade with the page as well', async () => {
    const { status } = await ask({ headers: { 'X-Code': '503', Connection: 'Upgrade', Upgrade: 'websocket' } });
    expect(status).toBe(503);
  });

  it('writes the format that X-Format or Accept asks for', async () => {
    const json = await ask({ headers: { 'X-Format': 'application/json', Accept: 'text/html' } });
    expect(json.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(JSON.parse(json.text)).toMatchObject({ status: 404 });
    const problem = await ask({ headers: { Accept: 'application/problem+json' } });
    expect(problem.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  it('sends headers that keep a page from being stored, sniffed, indexed, framed or extended', async () => {
    for (const accept of ['text/html', 'application/json', 'text/plain']) {
      const { headers } = await ask({ headers: { Accept: accept } });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'content-language': 'en',
        'x-content-type-options': 'nosniff',
        'x-robots-tag': 'noindex',
      });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}';/);
      expect(String(headers.vary)).toMatch(/^Accept, X-Format(, Accept-Language)?(, Accept-Encoding)?$/);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('etag');
    }
  });

  it('shows the id of the request, and makes up its own when that is none', async () => {
    const asked = async (id: string) => {
      const { text } = await ask({ headers: { 'X-Request-ID': id, Accept: 'application/json' } });
      return (JSON.parse(text) as { reference: string }).reference;
    };
    for (const id of ['0af7651916cd43dd8448eb211c80319c', 'a/b+c=d@e:f._-', 'x'.repeat(128)]) {
      expect(await asked(id)).toBe(id);
    }
    for (const odd of ['<script>', 'a b', '', 'x'.repeat(129)]) expect(await asked(odd)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('answers with a page and an error status whatever the headers hold', async () => {
    const value = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(value, value, value, value, async (code, format, accept, id) => {
        const headers = { 'X-Code': code, 'X-Format': format, Accept: accept, 'X-Request-ID': id };
        const { status, text } = await ask({ headers });
        expect(status).toBe(/^[45]\d\d$/.test(code.trim()) ? Number(code.trim()) : 404);
        expect(text.length).toBeGreaterThan(20);
      }),
    );
  });
});

describe('health checks of the default backend', () => {
  it('are on a port of their own, with a count of the answers', async () => {
    const { healthPort } = serving;
    await ask({ headers: { 'X-Code': '507', Accept: 'text/plain' } });
    expect((await ask({ port: healthPort, path: '/healthz' })).status).toBe(200);
    expect((await ask({ port: healthPort, path: '/readyz' })).status).toBe(200);
    const { text } = await ask({ port: healthPort, path: '/metrics' });
    expect(text).toMatch(/^gatehouse_default_backend_answers_total\{code="507",format="text\/plain"\} 1$/m);
  });

  it('are answered on the port of the pages, too, when no proxy hands them on', async () => {
    expect(await ask({ path: '/healthz' })).toMatchObject({ status: 200, text: 'ok\n' });
    for (const name of ['X-Code', 'X-Request-ID', 'X-Forwarded-For', 'X-Real-IP']) {
      expect((await ask({ path: '/healthz', headers: { [name]: '' } })).status).toBe(404);
    }
  });

  it('on the port of the pages never turn an error that the proxy reports into a 200', async () => {
    const port = await freePort();
    onOnePort = await startDefaultBackend({ ...base, port, healthPort: port });
    expect((await ask({ port, path: '/healthz' })).status).toBe(200);
    expect((await ask({ port, path: '/healthz', headers: { 'X-Code': '401' } })).status).toBe(401);
    expect((await ask({ port, path: '/healthz', headers: { 'X-Code': '' } })).status).toBe(404);
    const odd = await connectRaw(port);
    odd.send('GET http://[ HTTP/1.1\r\nHost: a\r\nX-Code: 401\r\nConnection: close\r\n\r\n');
    expect((await odd.untilClosed()).text).toMatch(/^HTTP\/1.1 401 /);
  });
});
