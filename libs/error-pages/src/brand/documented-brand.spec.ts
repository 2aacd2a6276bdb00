import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PageFormat } from '../negotiation/page-format.ts';
import { prepareBrand } from '../prepare-brand.ts';
import { describeBrandProblem } from './brand-problem.ts';
import { defaultBrand } from './default-brand.ts';
import { loadBrand } from './load-brand.ts';

const root = join(import.meta.dirname, '../../../..');

describe('docs/error-pages.md', () => {
  let page: string;
  let directory: string;
  beforeEach(async () => {
    page = await readFile(join(root, 'docs/error-pages.md'), 'utf8');
    directory = await mkdtemp(join(tmpdir(), 'brand-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const block = (kind: string): string => {
    const [, text] = new RegExp(`\`\`\`${kind}\n([^]*?)\`\`\``).exec(page) ?? [];
    if (text === undefined) throw new Error(`the page has no ${kind}`);
    return text;
  };
  const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);
  const problems = async (): Promise<readonly string[]> => {
    const { result } = await loadBrand(directory, defaultBrand);
    return (result.ok ? result.value.warnings : result.error).map(describeBrandProblem);
  };

  it('has a brand.yaml that can be used as it stands', async () => {
    await write('brand.yaml', block('yaml'));
    await copyFile(join(root, 'examples/brand/logo.svg'), join(directory, 'logo.svg'));
    expect(await problems()).toEqual([]);
  });

  it('has a template that can be used as it stands, with a style that its policy allows', async () => {
    await write('brand.yaml', 'templates: { html: page.html }');
    await write('page.html', block('html'));
    expect(await problems()).toEqual([]);
    const { styleSource, renderPage } = prepareBrand({ ...defaultBrand, templates: { html: block('html') } });
    expect(styleSource).toMatch(/^'sha256-[^']+'$/);
    const text = renderPage({ status: 404, reference: '<b>' }, { format: 'text/html', language: 'en' });
    expect(text).toContain('&lt;b&gt;');
  });

  it('shows an error as it is told', async () => {
    const [, line = ''] = /\n(brand\.yaml:12:5: .*)\n/.exec(page) ?? [];
    await write('brand.yaml', `${'\n'.repeat(9)}colours:\n  light:\n    akcent: '#fff'\n`);
    expect(await problems()).toEqual([line]);
  });
});

describe('a template of a brand', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'brand-'));
    await writeFile(join(directory, 'brand.yaml'), 'templates: { html: page.html }');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each([
    ['<p>\n{{titel}}</p>', 'page.html:2:1: the template names "titel", which no page has; did you mean "title"?'],
    ['\n\n{{{reference}}}', 'page.html:3:1: the template inserts "reference" unescaped: use {{reference}}'],
    ['{{&detail}}', 'page.html:1:1: the template inserts "detail" unescaped: use {{detail}}'],
    ['\n{{#links}}', /^page\.html:2:1: the template is not mustache: Unclosed section/],
    ['{{> other}}', /^page\.html:1:1: the template includes "other"/],
    [
      '\n' + '{{#links}}'.repeat(2_900) + '{{/links}}'.repeat(2_900),
      'page.html:2:1: the template has "links" inside of "links"',
    ],
    [
      '{{reference}}'.repeat(100),
      'page.html:1:1: the template gives a page of more than 128 KiB, the most that is allowed',
    ],
    ['<style>{{title}}</style>', 'page.html:1:1: the template has a style that varies'],
  ])('is refused when it is %j', async (text, message) => {
    await writeFile(join(directory, 'page.html'), text);
    const { result } = await loadBrand(directory, defaultBrand);
    const told = result.ok ? [] : result.error.map(describeBrandProblem);
    expect(told).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
  });

  it('is warned of when it makes large pages', async () => {
    await writeFile(join(directory, 'page.html'), `<p>${'x'.repeat(11_000)}</p>`);
    const { result } = await loadBrand(directory, defaultBrand);
    const told = result.ok ? result.value.warnings.map(describeBrandProblem) : [];
    expect(told).toEqual([
      expect.stringContaining('brand.yaml:1:20: warning: templates.html: a page has 10.7 KiB; at most 10'),
    ]);
  });

  it('of another format has its text escaped as that format needs it', async () => {
    await writeFile(
      join(directory, 'brand.yaml'),
      'name: \'A "B" <C>\'\ntemplates: { json: a.json, problem: a.json, xml: a.xml, text: a.txt }',
    );
    await writeFile(join(directory, 'a.json'), '{"by": "{{brandName}}", "code": {{status}}, "id": "{{reference}}"}');
    await writeFile(join(directory, 'a.xml'), '<e by="{{brandName}}">{{reference}}</e>');
    await writeFile(join(directory, 'a.txt'), '{{brandName}} {{reference}}');
    const { result } = await loadBrand(directory, defaultBrand);
    if (!result.ok) throw new Error(result.error.map(describeBrandProblem).join());
    const { renderPage } = prepareBrand(result.value.brands.base);
    const render = (format: PageFormat): string =>
      renderPage({ status: 503, reference: '"<&\n' }, { format, language: 'en' });
    for (const format of ['application/json', 'application/problem+json'] as const) {
      expect(JSON.parse(render(format))).toEqual({ by: 'A "B" <C>', code: 503, id: '"<&\n' });
    }
    expect(render('application/xml')).toBe('<e by="A &quot;B&quot; &lt;C&gt;">&quot;&lt;&amp;\ufffd</e>');
    expect(render('text/plain')).toBe('A "B" <C> "<&\ufffd');
  });

  it.each([
    ['{"id": {{reference}}}'],
    ['{"details": [{{#details}}"{{value}}",{{/details}}]}'],
    ['no JSON'],
    ['{"id": "{{reference}}"'],
  ])('of JSON is refused when it does not give JSON for every request: %s', async (text) => {
    await writeFile(join(directory, 'brand.yaml'), 'templates: { json: a.json }');
    await writeFile(join(directory, 'a.json'), text);
    const { result } = await loadBrand(directory, defaultBrand);
    expect(result.ok ? [] : result.error.map(describeBrandProblem)).toEqual([
      'a.json:1:1: the template does not always give JSON: put each text in quotes, and mind the commas',
    ]);
  });

  it('of the whole brand is tried with what a host sets', async () => {
    const link = "{ label: a, url: 'https://a.example' }";
    await writeFile(
      join(directory, 'brand.yaml'),
      `templates: { html: page.html, json: a.json }\nhosts:\n  a.example: { links: [${link}, ${link}] }\n  b.example: { logo: "data:image/png;base64,${'A'.repeat(60_000)}" }\n`,
    );
    await writeFile(join(directory, 'page.html'), '{{logo}}{{logo}}{{logo}}');
    await writeFile(join(directory, 'a.json'), '{"links": [{{#links}}"{{url}}"{{/links}}]}');
    const { result } = await loadBrand(directory, defaultBrand);
    expect(result.ok ? [] : result.error.map(describeBrandProblem)).toEqual([
      'brand.yaml:3:3: hosts["a.example"]: with what is set here the template of json does not always give JSON: put each text in quotes, and mind the commas',
      'brand.yaml:4:22: hosts["b.example"].logo: with what is set here the template of html gives a page of more than 128 KiB, the most that is allowed',
    ]);
  });

  it('is tried for each host on its own, the built-in one as well', async () => {
    const logo = `data:image/svg+xml,${'&'.repeat(40_000)}`;
    await writeFile(
      join(directory, 'brand.yaml'),
      ['hosts:', `  a.example: { logo: "${logo}" }`, `  b.example: { logo: "${logo}" }`].join('\n'),
    );
    const { result } = await loadBrand(directory, defaultBrand);
    expect(result.ok ? [] : result.error.map(describeBrandProblem)).toEqual([
      expect.stringMatching(/^brand\.yaml:2:\d+: hosts\["a\.example"\]\.logo: .* more than 128 KiB/),
      expect.stringMatching(/^brand\.yaml:3:\d+: hosts\["b\.example"\]\.logo: .* more than 128 KiB/),
    ]);
  });

  it('is tried with the longest words of all languages', async () => {
    await writeFile(
      join(directory, 'brand.yaml'),
      `templates: { html: page.html }\ntexts: { ja: { denied: { detail: '${'&'.repeat(600)}' } } }`,
    );
    await writeFile(join(directory, 'page.html'), '{{detail}}'.repeat(100));
    const { result } = await loadBrand(directory, defaultBrand);
    expect(result.ok ? [] : result.error.map(describeBrandProblem)).toEqual([
      expect.stringContaining('gives a page of more than 128 KiB'),
    ]);
  });

  it('of the whole brand is told once, also when a host has a logo of its own', async () => {
    await writeFile(
      join(directory, 'brand.yaml'),
      "templates: { html: page.html }\nhosts: { a.example: { logo: 'data:image/png;base64,AAAA' } }",
    );
    await writeFile(join(directory, 'page.html'), '{{titel}}');
    const { result } = await loadBrand(directory, defaultBrand);
    expect(result.ok ? [] : result.error).toHaveLength(1);
  });
});
