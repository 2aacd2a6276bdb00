import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeBrandProblem } from './brand-problem.ts';
import { defaultBrand } from './default-brand.ts';
import { loadBrand, type LoadedBrand } from './load-brand.ts';

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const png = Buffer.from('89504e470d0a1a0a', 'hex');

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'brand-'));
  directory = join(parent, 'brand');
  await mkdir(directory);
});
afterEach(() => rm(parent, { recursive: true }));

const write = (name: string, content: Buffer | string): Promise<void> => writeFile(join(directory, name), content);

async function load(yaml: string): Promise<LoadedBrand> {
  await write('brand.yaml', yaml);
  const { result } = await loadBrand(directory, defaultBrand);
  if (!result.ok) throw new Error(result.error.map(describeBrandProblem).join('\n'));
  return result.value;
}

async function refusals(yaml?: Buffer | string): Promise<readonly string[]> {
  if (yaml !== undefined) await write('brand.yaml', yaml);
  const { result } = await loadBrand(directory, defaultBrand);
  return result.ok ? [] : result.error.map(describeBrandProblem);
}

describe('a brand directory', () => {
  it('is read in full', async () => {
    await write('logo.png', png);
    const { brands, warnings } = await load(`
name: Café Meridian
logo: logo.png
design: card
colours:
  light: { background: '#fff', text: '#111' }
links: [{ label: Status, url: 'https://status.example.com/?a=b#c' }]
contact: { email: help@example.com, phone: +49 30 1234567 }
texts:
  en:
    404: { title: Gone fishing }
    5xx: { detail: Try later. }
    no-endpoints: { title: Closed }
retryAfter: { 503: 30 }
`);
    expect(warnings).toEqual([]);
    expect(brands.base).toEqual({
      ...defaultBrand,
      name: 'Café Meridian',
      logo: `data:image/png;base64,${png.toString('base64')}`,
      colours: { light: { background: '#fff', text: '#111' }, dark: {} },
      links: [{ label: 'Status', url: 'https://status.example.com/?a=b#c' }],
      contact: { email: 'help@example.com', phone: '+49 30 1234567' },
      texts: {
        en: {
          statuses: { 404: { title: 'Gone fishing' }, '5xx': { detail: 'Try later.' } },
          reasons: { 'no-endpoints': { title: 'Closed' } },
        },
      },
      retryAfter: { 503: 30 },
    });
  });

  it('without a brand.yaml is the standard brand', async () => {
    expect((await loadBrand(directory, defaultBrand)).result).toMatchObject({
      ok: true,
      value: { brands: { base: defaultBrand } },
    });
  });

  it('has all that is wrong told at once, in the order of the file, each with file, line, column and key', async () => {
    const told = await refusals(`name: 2024
nam: x
logo: ../x.svg
colours:
  light: { text: 'red', akcent: '#fff' }
links:
  - { label: A, url: 'javascript:alert(1)' }
  - { label: B }
contact:
texts:
  en:
    404: { title: 5 }
    39x: { title: a }
  xx: {}
retryAfter: { 503: -1, 200: 3 }
hosts:
  Shop.Example.com: { name: a }
  shop.example.com: { hosts: {}, colors: {} }
namespaces: []
`);
    expect(told.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'brand.yaml:1:7: name',
      'brand.yaml:2:1: nam',
      'brand.yaml:3:7: logo',
      'brand.yaml:5:18: colours.light.text',
      'brand.yaml:5:25: colours.light.akcent',
      'brand.yaml:7:22: links[0].url',
      'brand.yaml:8:5: links[1].url',
      'brand.yaml:9:1: contact',
      'brand.yaml:12:19: texts.en["404"].title',
      'brand.yaml:13:5: texts.en["39x"]',
      'brand.yaml:14:3: texts.xx',
      'brand.yaml:15:20: retryAfter["503"]',
      'brand.yaml:15:24: retryAfter["200"]',
      'brand.yaml:17:3: hosts["Shop.Example.com"]',
      'brand.yaml:18:23: hosts["shop.example.com"].hosts',
      'brand.yaml:18:34: hosts["shop.example.com"].colors',
      'brand.yaml:19:1: namespaces',
    ]);
    expect(told[0]).toContain('the number 2024 (quotes would make it a text) is not one line of text');
    expect(told[1]).toContain('there is no key "nam" here; did you mean name?');
    expect(told[3]).toContain('"red" is not a colour such as #0b7a75');
    expect(told[11]).toContain('-1 is not a whole number of seconds from 0 to 86400');
    expect(told[15]).toContain('did you mean colours?');
  });

  it.each([
    ['javascript:alert(1)'],
    ['JaVaScRiPt:alert(1)'],
    [' javascript:alert(1)'],
    ['java\\tscript:alert(1)'],
    ['data:text/html,x'],
    ['vbscript:x'],
    ['file:///etc/passwd'],
    ['//evil.example'],
    ['https:evil'],
    ['https://a b'],
    ['https://a\\"onmouseover=x'],
    ['https://a<b'],
    ['https://a\\u0000b'],
    ['https://a\\u202eb'],
    [''],
  ])('is refused a link to "%s"', async (url) => {
    expect(await refusals(`links: [{ label: A, url: "${url}" }]`)).toEqual([expect.stringContaining('links[0].url: ')]);
  });

  it.each([
    ['name: "a\\0b"'],
    ['name: "a\\nb"'],
    ['name: "a\\u202eb"'],
    [`name: ${'x'.repeat(81)}`],
    ['name: ""'],
    ['name: " a"'],
    ['logo: "logo.svg\\0.png"'],
    ['logo: "data:text/html,<script>"'],
    ['logo: "data:image/svg+xml,<svg>"'],
    [`logo: "data:image/png;base64,${'A'.repeat(70_000)}"`],
    ['templates: { html: /etc/passwd }'],
    ['templates: { html: a/../../b }'],
    ['templates: { html: "..\\\\b" }'],
    ['colours: { light: { text: "#fff;}body{x:y" } }'],
    ['contact: { email: "a@b?subject=x" }'],
    ['contact: { url: "javascript:x" }'],
    ['__proto__: { name: x }'],
    ['texts: { __proto__: { 404: { title: x } } }'],
    ['hosts: { __proto__: { name: x } }'],
    ['hosts: { "a b": {} }'],
    ['- a'],
    ['just text'],
  ])('is refused %s', async (yaml) => {
    expect(await refusals(yaml)).toEqual([expect.stringMatching(/^brand\.yaml:1:\d+: ./)]);
  });

  it('is refused more hosts, links or texts than anybody has', async () => {
    const many = (count: number, line: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => line(index)).join('\n');
    const yaml = `links:\n${many(9, () => '- { label: a, url: "https://a.example" }')}\nhosts:\n${many(101, (index) => `  h${index}.example: {}`)}`;
    expect(await refusals(yaml)).toEqual([
      expect.stringContaining('links: the list has 9 items; at most 8 are allowed'),
      expect.stringContaining('hosts: the map has 101 keys; at most 100 are allowed'),
    ]);
  });

  it('is refused when its hosts have too many texts, with what each has of the whole brand', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `${400 + index}: { title: T }`).join(', ');
    const hosts = (count: number): string =>
      Array.from(
        { length: count },
        (_, index) => `\n  h${index}.example: { texts: { en: { 404: { title: Own } } } }`,
      ).join('');
    const yaml = (count: number): string => `texts: { en: { ${texts} } }\nhosts:${hosts(count)}`;
    expect(await refusals(yaml(99))).toEqual([]);
    expect(await refusals(yaml(100))).toEqual([
      'brand.yaml:102:18: hosts["h99.example"].texts: with these, all brands together have 10100 texts, where a host or namespace has all of each language that it changes; at most 10000 are allowed',
    ]);
  });

  it('is refused when it is not there, or brand.yaml is no text or too large', async () => {
    expect(await refusals(Buffer.from([0xff, 0xfe, 0x00]))).toEqual(['brand.yaml: this file is no UTF-8 text']);
    expect(await refusals(`# ${'x'.repeat(300_000)}`)).toEqual([
      'brand.yaml: this file has more than 256 KiB, the most that is allowed',
    ]);
    expect(await refusals(`links: [${'1,'.repeat(100_000)}]`)).toEqual([
      'brand.yaml:1:1: this file has 200004 keys, values and signs between them; at most 10000 are allowed',
    ]);
    await rm(directory, { recursive: true });
    expect(await refusals()).toEqual(['.: there is no such directory']);
    await mkdir(directory);
  });
});

describe('a file of a brand', () => {
  it('may be reached by links within the directory, as in a mounted ConfigMap', async () => {
    await mkdir(join(directory, '..2026_1'));
    await symlink('..2026_1', join(directory, '..data'));
    await write('..2026_1/brand.yaml', 'logo: logo.svg');
    await write('..2026_1/logo.svg', svg);
    for (const name of ['brand.yaml', 'logo.svg']) await symlink(`..data/${name}`, join(directory, name));
    const { result } = await loadBrand(directory, defaultBrand);
    expect(result).toMatchObject({
      ok: true,
      value: { brands: { base: { logo: expect.stringContaining('data:image/svg+xml,%3Csvg') } } },
    });
  });

  it.each([
    ['a link to a file outside', () => symlink('../secret.svg', join(directory, 'logo.svg'))],
    ['an absolute link', () => symlink(join(parent, 'secret.svg'), join(directory, 'logo.svg'))],
    [
      'a link to a link outside',
      async () => {
        await symlink('..', join(directory, 'up'));
        await symlink('up/secret.svg', join(directory, 'logo.svg'));
      },
    ],
  ])('is refused when it is %s', async (_what, make) => {
    await writeFile(join(parent, 'secret.svg'), svg);
    await make();
    expect(await refusals('logo: logo.svg')).toEqual([
      'brand.yaml:1:7: logo: the file logo.svg leads out of the brand directory',
    ]);
  });

  it('is not taken from a neighbour whose name begins like that of the directory', async () => {
    await mkdir(`${directory}-other`);
    await writeFile(join(`${directory}-other`, 'logo.svg'), svg);
    await symlink('../brand-other/logo.svg', join(directory, 'logo.svg'));
    expect(await refusals('logo: logo.svg')).toEqual([expect.stringContaining('leads out of the brand directory')]);
  });

  it.each([
    ['not there', () => Promise.resolve(), 'is not there'],
    ['a folder', () => mkdir(join(directory, 'logo.svg')), 'is not a file'],
    [
      'a pipe that nobody writes to',
      () => Promise.resolve(void execFileSync('mkfifo', [join(directory, 'logo.svg')])),
      'is not a file',
    ],
    ['a loop', () => symlink('logo.svg', join(directory, 'logo.svg')), 'is a link that leads to itself'],
    ['too large', () => write('logo.svg', svg + ' '.repeat(33_000)), 'has more than 32 KiB, the most that is allowed'],
    [
      'too large in a URI',
      () => write('logo.svg', svg.replace('/>', ` id="${'é'.repeat(12_000)}"/>`)),
      'takes 71 KiB in a page; at most 64 are allowed',
    ],
    [
      'another kind of file',
      () => write('logo.svg', png),
      'is not of the type image/svg+xml that its ending stands for',
    ],
    [
      'a bomb',
      () => write('logo.svg', `<!DOCTYPE svg [<!ENTITY a "b">]>${svg}`),
      'declares XML entities, which are not allowed',
    ],
  ])('is refused when it is %s', async (_what, make, message) => {
    await make();
    expect(await refusals('logo: logo.svg')).toEqual([`brand.yaml:1:7: logo: the file logo.svg ${message}`]);
  });
});

describe('the brand of a host or namespace', () => {
  it('has of the whole brand what it does not say itself', async () => {
    await write('logo.svg', svg);
    const { brands } = await load(`
name: Base
logo: logo.svg
colours: { light: { background: '#fff', text: '#111' } }
links: [{ label: A, url: 'https://a.example' }]
texts: { en: { 404: { title: T, detail: D }, 503: { title: U } } }
retryAfter: { 503: 30, 429: 5 }
hosts:
  '*.example.com':
    logo: none
    colours: { light: { text: '#000' } }
    links: []
    texts: { en: { 404: { title: Own } } }
    retryAfter: { 503: 60 }
namespaces:
  team-a: { name: Team }
`);
    const { base } = brands;
    expect(brands.hosts.get('*.example.com')).toEqual({
      ...base,
      logo: undefined,
      colours: { light: { background: '#fff', text: '#000' }, dark: {} },
      links: [],
      texts: { en: { statuses: { 404: { title: 'Own', detail: 'D' }, 503: { title: 'U' } }, reasons: {} } },
      retryAfter: { 503: 60, 429: 5 },
    });
    expect(brands.namespaces.get('team-a')).toEqual({ ...base, name: 'Team' });
  });

  it('has its own mistakes told at their own place', async () => {
    expect(await refusals('hosts:\n  a.example:\n    logo: b.svg\n')).toEqual([
      'brand.yaml:3:11: hosts["a.example"].logo: the file b.svg is not there',
    ]);
  });
});
