import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { configOf, makePlace, startBareNginx, type BareNginx } from './harness/bare-nginx.ts';

const WORKSPACE = join(import.meta.dirname, '../..');

const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'zh', 'ja', 'ar', 'hi'];
const ENDINGS = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'application/json': 'json',
  'application/problem+json': 'problem',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'text/plain': 'txt',
};

let out: string;
let nginx: BareNginx;

/** As long as a name in DNS can be. */
const LONGEST_HOST = `${`${'a'.repeat(59)}.`.repeat(4)}example.org`.padStart(253, 'b');
const LONG_SUFFIX = `${'c'.repeat(60)}.${'d'.repeat(60)}.example.org`;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'static-pages-'));
  await makeBrand();
  buildPages();
  const place = await makePlace();
  // Whoever nginx' workers are, they get as far as to the pages themselves.
  for (const directory of [out, place.directory]) await chmod(directory, 0o711);
  const server = (names: string): string => `server {
    LISTEN; server_name ${names};
    include ${out}/site/nginx-server.conf;
    client_max_body_size 1k;
    location / { return 404; }
    location /forbidden { deny all; }
    location /code/503 { return 503; }
    location /application { proxy_pass http://127.0.0.1:1; }
    location /chosen { return 200 "$gatehouse_pages_language $gatehouse_pages_ending"; }
  }`;
  const http = `server_names_hash_bucket_size 512; include ${out}/site/nginx-http.conf; ${server('_')}`;
  nginx = await startBareNginx(place, configOf(place, http, strangerAsWorker()));
}, 120_000);

/** The example, with hosts that are as long as hosts can be, and one below a suffix that has a brand, too. */
async function makeBrand(): Promise<void> {
  await cp(join(WORKSPACE, 'examples/brand'), join(out, 'brand'), { recursive: true });
  const yaml = readFileSync(join(out, 'brand/brand.yaml'), 'utf8');
  const more = { '*.example.org': 'Any Org', [`*.${LONG_SUFFIX}`]: 'Long Suffix', [LONGEST_HOST]: 'Longest' };
  const lines = Object.entries(more).map(([host, name]) => `  '${host}': { name: ${name} }\n`);
  await writeFile(
    join(out, 'brand/brand.yaml'),
    yaml.replace(/^hosts:\n/m, (line) => line + lines.join('')),
  );
}

function buildPages(): void {
  const argv = ['apps/cli/src/main.ts', 'pages', 'build', '--brand', join(out, 'brand'), '--out', join(out, 'site')];
  const statuses = ['403', '404', '413', '502', '503'].map((status) => `--status=${status}`);
  const shell = ['-c', 'umask 022; exec "$0" "$@"', process.execPath, ...argv, ...statuses];
  const built = spawnSync('/bin/sh', shell, { cwd: WORKSPACE, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
}

/** What nginx does as it is installed: the workers of root's nginx are nobody in particular. */
function strangerAsWorker(): string {
  if (userInfo().uid !== 0) return '';
  return `user nobody ${spawnSync('id', ['-gn', 'nobody'], { encoding: 'utf8' }).stdout.trim()};`;
}

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
    ['it, fr, de', 'fr'],
    ['it,fr,de', 'fr'],
    ['it,  \t fr ; q=1, de', 'fr'],
    [', ,de', 'de'],
    ['xde, it', 'en'],
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
    ['image/png, application/json, text/html', 'application/json; charset=utf-8'],
    ['image/png,text/html,application/json', 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
    ['application/jsonp', 'text/html; charset=utf-8'],
  ])('are in the format of Accept: %s', async (accept, type) => {
    expect((await ask({ headers: { Accept: accept } })).headers['content-type']).toBe(type);
  });

  it('are by the first language and type that there are pages for, whatever list is asked with', async () => {
    const languages = Object.fromEntries(LANGUAGES.map((language) => [language, language]));
    const space = fc.constantFrom('', '', ' ', '  ', '\t');
    const list = (known: readonly string[]) =>
      fc
        .array(
          fc.record({
            before: space,
            name: fc.oneof(fc.constantFrom(...known), fc.constantFrom('it', 'image/png', 'x-de', 'fry', '*', '')),
            after: fc.constantFrom('', '', ';q=0.5', ' ; q=1', ' '),
          }),
          { maxLength: 8 },
        )
        .map((entries) => entries.map(({ before, name, after }) => before + name + after).join(','));
    const firstKnown = (header: string, values: Readonly<Record<string, string>>): string | undefined =>
      header
        .split(',')
        .map((entry) => values[entry.replace(/;.*/, '').trim()])
        .find((value) => value !== undefined);
    await fc.assert(
      fc.asyncProperty(list(LANGUAGES), list(Object.keys(ENDINGS)), async (language, accept) => {
        const headers = { 'Accept-Language': language, Accept: accept };
        const { body } = await ask({ path: '/chosen', headers });
        const wanted = [firstKnown(language, languages) ?? 'en', firstKnown(accept, ENDINGS) ?? 'html'];
        expect([headers, body.toString()]).toEqual([headers, wanted.join(' ')]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['languages', 'x,  '.repeat(100)],
    ['languages that end in a space', `${'x, '.repeat(1000)} `],
    ['separators', ', '.repeat(3500)],
    ['spaces', `x,${' '.repeat(7000)}x,`],
    ['letters', `${'d'.repeat(7000)},`],
  ])('cost nginx nothing when a client sends thousands of %s', async (_of, list) => {
    const begin = performance.now();
    for (let time = 0; time < 20; time += 1) {
      const headers = { 'Accept-Language': `${list}ja`, Accept: `${list}text/plain` };
      expect((await ask({ path: '/chosen', headers })).body.toString()).toBe('ja txt');
      await ask({ path: '/chosen', headers: { 'Accept-Language': list, Accept: list } });
    }
    // Milliseconds; what tries all ways to read such a list takes seconds, until PCRE stops it.
    expect(performance.now() - begin).toBeLessThan(4000);
    expect(nginx.output()).not.toContain('pcre');
  });

  it.each([
    ['cafe.example.com', 'Café Meridian'],
    ['roastery.cafe.example.com', 'Meridian Roastery'],
    ['ROASTERY.cafe.example.com.', 'Meridian Roastery'],
    ['roasteryxcafe.example.com', 'Café Meridian'],
    ['shop.example.org', 'Any Org'],
    ['example.org', 'Café Meridian'],
    [`x.y.${LONG_SUFFIX}`, 'Long Suffix'],
    [LONG_SUFFIX, 'Any Org'],
    [LONGEST_HOST, 'Longest'],
  ])('are those of the host %s', async (host, name) => {
    expect((await ask({ headers: { Host: host } })).body.toString()).toContain(name);
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
