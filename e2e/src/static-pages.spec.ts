import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { configOf, makePlace, startBareNginx, type BareNginx } from './harness/bare-nginx.ts';

const WORKSPACE = join(import.meta.dirname, '../..');

let out: string;
let nginx: BareNginx;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'static-pages-'));
  const argv = ['apps/cli/src/main.ts', 'pages', 'build', '--brand', 'examples/brand', '--out', join(out, 'site')];
  const statuses = ['403', '404', '413', '502', '503'].map((status) => `--status=${status}`);
  const built = spawnSync(process.execPath, [...argv, ...statuses], { cwd: WORKSPACE, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  const place = await makePlace();
  const server = (names: string): string => `server {
    LISTEN; server_name ${names};
    include ${out}/site/nginx-server.conf;
    client_max_body_size 1k;
    location / { return 404; }
    location /forbidden { deny all; }
    location /code/503 { return 503; }
    location /application { proxy_pass http://127.0.0.1:1; }
  }`;
  nginx = await startBareNginx(
    place,
    configOf(place, `include ${out}/site/nginx-http.conf; ${server('roastery.cafe.example.com cafe.example.com')}`),
  );
}, 120_000);

afterAll(async () => {
  await nginx.close();
  await rm(out, { recursive: true });
});

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function ask({ path = '/', method = 'GET', headers = {}, body }: Asked = {}) {
  const all = { Host: 'cafe.example.com', ...headers };
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port: nginx.httpPort, path, method, headers: all, agent: false };
    const asking = request(options, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    asking.on('error', reject).end(body);
  });
}

describe('pages that were written as files, sent by a plain nginx', () => {
  it.each([
    ['/nothing', 404],
    ['/forbidden', 403],
    ['/code/503', 503],
    ['/application', 502],
  ])('answer %s with status %d and its page', async (path, status) => {
    const answer = await ask({ path });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body.toString()).toBe(readFileSync(join(out, `site/pages/default/en/${status}.html`), 'utf8'));
  });

  it.each([['POST'], ['PUT'], ['DELETE'], ['OPTIONS']])('answer %s like GET', async (method) => {
    const answer = await ask({ path: '/nothing', method });
    expect([answer.status, answer.body.toString()]).toEqual([404, expect.stringContaining('This cup is empty')]);
  });

  it('answer HEAD without a body, and a body that is too large', async () => {
    const head = await ask({ path: '/nothing', method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([404, 0]);
    const large = await ask({ path: '/nothing', method: 'POST', body: 'x'.repeat(2000) });
    expect([large.status, large.body.toString()]).toEqual([413, expect.stringContaining('413')]);
  });

  it.each([
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['sv, da;q=0.9, pt-BR;q=0.8', 'pt'],
    ['zh-Hant-TW', 'zh'],
    ['den, xx', 'en'],
    ['', 'en'],
    ['"; return 200; #', 'en'],
  ])('are in the language of Accept-Language: %s', async (wish, language) => {
    const { body } = await ask({ headers: { 'Accept-Language': wish } });
    expect(body.toString()).toMatch(new RegExp(`<html lang="${language}[-"]`));
  });

  it.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/problem+json', 'application/problem+json; charset=utf-8'],
    ['text/xml, */*', 'application/xml; charset=utf-8'],
    ['image/png, text/plain;q=0.5', 'text/plain; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['application/jsonp', 'text/html; charset=utf-8'],
  ])('are in the format of Accept: %s', async (accept, type) => {
    expect((await ask({ headers: { Accept: accept } })).headers['content-type']).toBe(type);
  });

  it('are those of the host', async () => {
    const { body } = await ask({ headers: { Host: 'roastery.cafe.example.com' } });
    expect(body.toString()).toContain('Meridian Roastery');
  });

  it('are sent compressed as they lie there', async () => {
    const { headers, body } = await ask({ headers: { 'Accept-Encoding': 'gzip' } });
    expect(headers['content-encoding']).toBe('gzip');
    expect(body.equals(readFileSync(join(out, 'site/pages/default/en/404.html.gz')))).toBe(true);
    expect(gunzipSync(body).toString()).toContain('This cup is empty');
  });

  it('have the headers that keep a page from being stored, sniffed, indexed, framed or extended', async () => {
    const { headers, body } = await ask();
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      vary: 'Accept, Accept-Language',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    });
    const [policyOfPage] = /style-src '[^']+'/.exec(
      body.toString().replaceAll('&#39;', "'").replaceAll('&#x3D;', '='),
    ) ?? [''];
    expect(headers['content-security-policy']).toContain(policyOfPage);
  });

  it('cannot be asked for by their names', async () => {
    const answer = await ask({ path: '/.gatehouse-pages/default/en/503.html' });
    expect([answer.status, answer.body.toString()]).toEqual([404, expect.stringContaining('This cup is empty')]);
  });
});
