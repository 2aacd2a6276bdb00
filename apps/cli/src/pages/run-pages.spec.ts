import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { until } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordedRun } from '../recorded-run.ts';
import { runCli } from '../run-cli.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../examples/brand');
/** Hundreds of small files, on a machine that may be busy with other things. */
const BUILD_MS = 120_000;
const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'ja', 'pt', 'zh'];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pages-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('gatehouse pages check', () => {
  it('has nothing to say about the example', async () => {
    expect(await recordedRun('pages', 'check', '--brand', EXAMPLE)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('tells all that is wrong, with place and key, and fails', async () => {
    writeFileSync(join(directory, 'brand.yaml'), 'nam: x\ncolours:\n  light: { text: red }\n');
    const { exitCode, stderr } = await recordedRun('pages', 'check', '--brand', directory);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`brand.yaml:1:1: nam: there is no key "nam" here; did you mean name?
brand.yaml:3:18: colours.light.text: "red" is not a colour such as #0b7a75
`);
  });

  it('tells weaknesses, and does not fail for them', async () => {
    writeFileSync(join(directory, 'brand.yaml'), "colours: { light: { text: '#777777', background: '#ffffff' } }\n");
    const { exitCode, stderr } = await recordedRun('pages', 'check', '--brand', directory);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'brand.yaml:1:27: warning: colours.light.text: the text #777777 on the background #ffffff has a contrast of 4.47 to 1; it must be at least 4.5',
    );
  });

  it('wants to know which directory', async () => {
    const { exitCode, stderr } = await recordedRun('pages', 'check');
    expect([exitCode, stderr]).toEqual([
      2,
      'gatehouse pages check: --brand: which directory?\nTry gatehouse pages check --help\n',
    ]);
  });
});

describe('gatehouse pages build', () => {
  const build = (...more: readonly string[]) =>
    recordedRun('pages', 'build', '--brand', EXAMPLE, '--out', join(directory, 'out'), ...more);
  const read = (path: string): string => readFileSync(join(directory, 'out', path), 'utf8');

  it(
    'writes each page in each language and format, for each host, and says so',
    async () => {
      const { exitCode, stdout, stderr } = await build('--status=404', '--status=503');
      expect([exitCode, stderr]).toEqual([0, '']);
      const pages = 2 * 9 * 5 * 2;
      expect(stdout).toMatch(
        new RegExp(
          `^${join(directory, 'out')}: ${pages} pages in \\d+ files, [\\d.]+ KiB; the largest page has [\\d.]+ KiB\n`,
        ),
      );
      for (const folder of ['default', 'host-roastery.cafe.example.com']) {
        expect(readdirSync(join(directory, 'out/pages', folder)).sort()).toEqual(LANGUAGES);
      }
      expect(read('pages/default/en/404.html')).toContain('This cup is empty');
      expect(read('pages/default/de/404.html')).toContain('<html lang="de" dir="ltr">');
      expect(read('pages/default/ar/404.html')).toContain('dir="rtl"');
      expect(read('pages/host-roastery.cafe.example.com/en/404.html')).toContain('Meridian Roastery');
      expect(JSON.parse(read('pages/default/en/503.problem'))).toMatchObject({ type: 'about:blank', status: 503 });
      const links = [
        ...read('index.html')
          .replaceAll('&#x2F;', '/')
          .matchAll(/href="([^"]+)"/g),
      ];
      expect(links).toHaveLength(pages);
      for (const [, path = ''] of links) expect(read(path)).not.toBe('');
    },
    BUILD_MS,
  );

  it(
    'writes compressed pages that are the same pages',
    async () => {
      await build('--status=404');
      for (const language of LANGUAGES) {
        const page = read(`pages/default/${language}/404.html`);
        const form = (ending: string): Buffer =>
          readFileSync(join(directory, `out/pages/default/${language}/404.html${ending}`));
        expect(brotliDecompressSync(form('.br')).toString()).toBe(page);
        expect(zstdDecompressSync(form('.zst')).toString()).toBe(page);
        expect(gunzipSync(form('.gz')).toString()).toBe(page);
        expect(form('.br').length).toBeLessThan(page.length / 2);
      }
    },
    BUILD_MS,
  );

  it(
    'writes the same bytes each time, in place of what it wrote before and of nothing else',
    async () => {
      await build('--status=404', '--status=410');
      const before = read('pages/default/en/404.html');
      await build('--status=404');
      expect(read('pages/default/en/404.html')).toBe(before);
      expect(readdirSync(join(directory, 'out/pages/default/en')).filter((name) => name.startsWith('410'))).toEqual([]);
      expect(readdirSync(directory)).toEqual(['out']);
      mkdirSync(join(directory, 'home'));
      writeFileSync(join(directory, 'home/letter.txt'), 'dear');
      const refused = await recordedRun('pages', 'build', '--out', join(directory, 'home'));
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain('has files that are no error pages; name another --out');
      expect(readdirSync(join(directory, 'home'))).toEqual(['letter.txt']);
    },
    BUILD_MS,
  );

  it(
    'makes pages for every status that has texts, when none is named',
    async () => {
      writeFileSync(join(directory, 'brand.yaml'), 'texts: { en: { 418: { title: Teapot } } }');
      const out = join(directory, 'all');
      // Which pages there are is told by nginx-server.conf; writing them all takes some seconds.
      const { exitCode } = await recordedRun('pages', 'build', '--brand', directory, '--out', out);
      expect(exitCode).toBe(0);
      const codes = /^error_page ([0-9 ]+) \//m
        .exec(readFileSync(join(out, 'nginx-server.conf'), 'utf8'))?.[1]
        ?.split(' ');
      expect(codes).toEqual(expect.arrayContaining(['400', '404', '418', '500', '503']));
      for (const code of codes ?? [])
        expect(statSync(join(out, `pages/default/hi/${code}.html`)).size).toBeGreaterThan(500);
      expect(readFileSync(join(out, 'pages/default/en/418.txt'), 'utf8')).toContain('Teapot');
    },
    BUILD_MS,
  );

  it('writes nothing of a brand that cannot be used', async () => {
    writeFileSync(join(directory, 'brand.yaml'), 'nam: x');
    const out = join(directory, 'out');
    const { exitCode, stderr } = await recordedRun('pages', 'build', '--brand', directory, '--out', out);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('brand.yaml:1:1: nam');
    expect(readdirSync(directory)).toEqual(['brand.yaml']);
  });

  it.each([
    [['--out='], '--out: which directory shall be written?'],
    [['--status=200'], '--status: "200" is not a status from 400 to 599'],
    [['--root=/srv/a;b'], '--root: "/srv/a;b" is not an absolute path'],
    [['--root=pages'], '--root: "pages" is not an absolute path'],
  ])('does not know what to do with %j', async (flags, sentence) => {
    const { exitCode, stderr } = await build(...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`gatehouse pages build: ${sentence}`);
  });
});

describe('gatehouse pages preview', () => {
  let end: AbortController;
  let ended: Promise<number>;
  let printed: { out: string; err: string };
  let base: string;

  const start = async (...flags: readonly string[]): Promise<void> => {
    end = new AbortController();
    printed = { out: '', err: '' };
    ended = runCli({
      argv: ['pages', 'preview', '--port=0', ...flags],
      env: {},
      stdout: { write: (text) => (printed.out += text) },
      stderr: { write: (text) => (printed.err += text) },
      signal: end.signal,
    });
    await until(() => printed.out.includes('Look at'));
    base = /http:\S+/.exec(printed.out)![0];
  };
  const text = async (path: string): Promise<string> => (await fetch(new URL(path, base))).text();
  afterEach(async () => {
    end.abort();
    expect(await ended).toBe(0);
  });

  it('serves on loopback a gallery with every status, reason, language, format and design', async () => {
    await start('--brand', EXAMPLE);
    expect(new URL(base).hostname).toBe('127.0.0.1');
    const gallery = await text('/');
    expect(gallery).toContain('Error pages of Café Meridian');
    for (const value of ['404', '503', 'no-endpoints', 'ar', 'application/problem+json', 'letter', 'dark']) {
      expect(gallery).toContain(`<option value="${value.replace('/', '&#x2F;')}"`);
    }
    const frames = [...gallery.matchAll(/<iframe[^>]* src="([^"]+)"/g)].map(([, src = '']) => src);
    expect(frames.length).toBeGreaterThan(55);
    for (const src of new Set(frames)) {
      const path = src.replaceAll('&#x2F;', '/').replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
      expect((await fetch(new URL(path, base))).status).toBe(200);
    }
  }, 60_000);

  it('shows the page that is asked for, and takes what is unknown as the default', async () => {
    await start('--brand', EXAMPLE);
    expect(await text('/page?status=404&language=de')).toContain('Diese Tasse ist leer');
    expect(await text('/page?status=503&reason=no-endpoints')).toContain('Nobody behind the bar');
    expect(await text('/page?host=roastery.cafe.example.com')).toContain('Meridian Roastery');
    expect(await text('/page?design=split')).not.toBe(await text('/page?design=letter'));
    expect(await text('/page?status=<script>&language=__proto__&design=toString')).toContain('This cup is empty');
    const { headers } = await fetch(new URL('/page', base));
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect((await fetch(new URL('/brand.yaml', base))).status).toBe(404);
  });

  it('follows what is saved, and shows what is wrong with it beside the last good pages', async () => {
    const save = (yaml: string): void => writeFileSync(join(directory, 'brand.yaml'), yaml);
    save('name: First');
    await start('--brand', directory);
    save('name: Second');
    await until(async () => (await text('/')).includes('Error pages of Second'));
    save('nam: <b>');
    await until(async () => (await text('/')).includes('role="alert"'));
    const gallery = await text('/');
    expect(gallery).toContain('Error pages of Second');
    expect(gallery).toContain('did you mean name?');
    expect(printed.err).toContain('brand.yaml:1:1: nam');
    save('name: Third');
    await until(async () => !(await text('/')).includes('role="alert"'));
  });
});
