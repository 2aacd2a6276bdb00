import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordedRun } from '../recorded-run.ts';

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

  it.each([
    ['nothing', (path: string) => path],
    ['a file', (path: string) => (writeFileSync(path, 'name: x'), path)],
  ])('says which directory is none: %s', async (_what, make) => {
    const brand = make(join(directory, 'brand.yaml'));
    const { exitCode, stderr } = await recordedRun('pages', 'check', '--brand', brand);
    expect([exitCode, stderr]).toEqual([1, `--brand: "${brand}": there is no such directory\n`]);
  });

  it('says that a directory has no brand.yaml', async () => {
    const { exitCode, stderr } = await recordedRun('pages', 'check', '--brand', directory);
    expect([exitCode, stderr]).toEqual([
      0,
      `--brand: warning: "${directory}" has no brand.yaml, so that the built-in brand is taken\n`,
    ]);
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
      for (const folder of ['default', 'hosts/roastery.cafe.example.com']) {
        expect(readdirSync(join(directory, 'out/pages', folder)).sort()).toEqual(LANGUAGES);
      }
      expect(read('pages/default/en/404.html')).toContain('This cup is empty');
      expect(read('pages/default/de/404.html')).toContain('<html lang="de" dir="ltr">');
      expect(read('pages/default/ar/404.html')).toContain('dir="rtl"');
      expect(read('pages/hosts/roastery.cafe.example.com/en/404.html')).toContain('Meridian Roastery');
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
      expect(refused.stderr).toBe(
        `gatehouse pages build: --out: "${join(directory, 'home')}" has files that are no error pages, such as "letter.txt"; name another --out\n`,
      );
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

  it(
    'writes what everybody may read whom the umask lets',
    async () => {
      expect((await build('--status=404')).exitCode).toBe(0);
      const mode = (path: string): string => (statSync(join(directory, path)).mode & 0o7777).toString(8);
      mkdirSync(join(directory, 'plain'));
      writeFileSync(join(directory, 'plain/file'), '');
      for (const folder of ['out', 'out/pages', 'out/pages/default/en']) {
        expect([folder, mode(folder)]).toEqual([folder, mode('plain')]);
      }
      for (const file of ['out/index.html', 'out/pages/default/en/404.html', 'out/pages/default/en/404.html.gz']) {
        expect([file, mode(file)]).toEqual([file, mode('plain/file')]);
      }
    },
    BUILD_MS,
  );

  it(
    'writes the pages of a host whose name is as long as can be',
    async () => {
      const host = `*.${'a'.repeat(59)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`;
      writeFileSync(join(directory, 'brand.yaml'), `hosts: { '${host}': { name: Long } }`);
      const out = join(directory, 'out');
      const { exitCode, stderr } = await recordedRun(
        ...['pages', 'build', '--brand', directory, '--out', out, '--status=404'],
      );
      expect([host.length, exitCode, stderr]).toEqual([253, 0, '']);
      expect(read(`pages/hosts/${host.replace('*', '_')}/en/404.html`)).toContain('Long');
    },
    BUILD_MS,
  );

  it(
    'writes into a folder of the brand again and again, and never over the brand',
    async () => {
      writeFileSync(join(directory, 'brand.yaml'), 'name: First');
      const into = (brand: string, out: string) =>
        recordedRun('pages', 'build', '--brand', brand, '--out', out, '--status=404');
      for (const time of [1, 2])
        expect([time, (await into(directory, join(directory, 'out'))).exitCode]).toEqual([time, 0]);
      const brand = join(directory, 'out/pages/brand');
      mkdirSync(brand);
      writeFileSync(join(brand, 'brand.yaml'), 'name: Second');
      for (const out of [brand, join(directory, 'out/pages'), join(directory, 'out'), '/']) {
        const { exitCode, stderr } = await into(brand, out);
        expect([exitCode, stderr]).toEqual([
          2,
          expect.stringContaining(
            `--out: "${out}" holds the directory of --brand, which would be lost; name another\n`,
          ),
        ]);
      }
      expect(read('pages/brand/brand.yaml')).toBe('name: Second');
    },
    BUILD_MS,
  );

  it('keeps what somebody put beside the pages', async () => {
    await build('--status=404');
    writeFileSync(join(directory, 'out/notes'), 'mine');
    const { exitCode, stderr } = await build('--status=404');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('such as "notes"; name another --out')]);
    expect(read('notes')).toBe('mine');
  }, 60_000);

  it.each([
    ['file', 'is no directory; name another --out'],
    ['file/out', 'is no directory; name another --out'],
    ['x'.repeat(300), 'ENAMETOOLONG: name too long'],
  ])('says what is wrong with --out %s', async (name, sentence) => {
    writeFileSync(join(directory, 'file'), 'x');
    const out = join(directory, name);
    const { exitCode, stderr } = await recordedRun('pages', 'build', '--out', out, '--root=/srv', '--status=404');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^gatehouse pages build: --out: "/);
    expect(stderr).toContain(sentence);
    expect(readdirSync(directory)).toEqual(['file']);
  });

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
    [['--status=abc'], '--status: "abc" is not a status from 400 to 599'],
    [['--status=404', '--status=700'], '--status: "700" is not a status from 400 to 599'],
    [['--out=/srv/a b'], '--out: "/srv/a b" is not an absolute path of letters, digits'],
    [['--root=/srv/a;b'], '--root: "/srv/a;b" is not an absolute path'],
    [['--root=pages'], '--root: "pages" is not an absolute path'],
  ])('does not know what to do with %j', async (flags, sentence) => {
    const { exitCode, stderr } = await build(...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`gatehouse pages build: ${sentence}`);
  });
});
