import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse as parseHtml, defaultTreeAdapter as tree, type DefaultTreeAdapterTypes } from 'parse5';
import { DESIGNS } from '../brand/brand.ts';
import { defaultBrand } from '../brand/default-brand.ts';
import { anyFacts, anyText, brand, detail, details, facts } from '../hostile-facts.arbitrary.ts';
import { LANGUAGES } from '../negotiation/page-language.ts';
import { prepareBrand } from '../prepare-brand.ts';

const pages = prepareBrand(brand);

/** Names of the elements and their attributes in order, text left out. */
function shapeOf(html: string): readonly string[] {
  const shape: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.ChildNode): void => {
    if (!tree.isElementNode(node)) return;
    shape.push(`${node.tagName} ${node.attrs.map(({ name }) => name).join()}`);
    node.childNodes.forEach(visit);
  };
  parseHtml(html).childNodes.forEach(visit);
  return shape;
}

function textOf(html: string, tagName: string): readonly string[] {
  const texts: string[] = [];
  const visit = (node: DefaultTreeAdapterTypes.ChildNode): void => {
    if (!tree.isElementNode(node)) return;
    const own = node.childNodes.map((child) => (tree.isTextNode(child) ? child.value : '')).join('');
    if (node.tagName === tagName) texts.push(own);
    node.childNodes.forEach(visit);
  };
  parseHtml(html).childNodes.forEach(visit);
  return texts;
}

describe('the HTML page', () => {
  const asHtml = { format: 'text/html', language: 'en' } as const;
  const html = pages.renderPage(facts, asHtml);

  it('says status, title, reason, reference number, details, links and contact', () => {
    expect(textOf(html, 'title')).toEqual(['404 Not Found']);
    expect(textOf(html, 'p')).toEqual([detail, 'We are here.']);
    expect(textOf(html, 'bdi').slice(0, 7)).toEqual(['abc-1', ...Object.values(details)]);
    expect(textOf(html, 'header')).toEqual(['Cafe']);
    for (const link of ['mailto:help@cafe.example', 'tel:+43123', 'https://help.cafe.example', 'menu?a=1&amp;b=2']) {
      expect(html).toContain(link);
    }
  });

  it('leaves out what there is not', () => {
    const plain = prepareBrand(defaultBrand).renderPage({ status: 404, reference: '' }, asHtml);
    expect(plain).not.toMatch(/<dl|<section|<nav|<footer|<img/);
  });

  it('offers to try again where that can help', () => {
    expect(pages.renderPage({ ...facts, status: 503 }, asHtml)).toContain('<a class="retry" href="">Try again</a>');
    expect(html).not.toContain('Try again');
  });

  it.each(DESIGNS)('in the design %s is at most 10 KB, however long its texts are', (design) => {
    const long = prepareBrand({ ...brand, design });
    const filled = Object.fromEntries(Object.keys(details).map((name) => [name, 'x'.repeat(16_000)]));
    for (const language of LANGUAGES) {
      for (let status = 400; status <= 599; status += 1) {
        const page = long.renderPage({ status, reference: 'x'.repeat(256), details: filled }, { ...asHtml, language });
        expect(Buffer.byteLength(page)).toBeLessThanOrEqual(10_240);
      }
    }
  });

  it.each(DESIGNS)('in the design %s is without mistakes for a parser of HTML', (design) => {
    const page = prepareBrand({ ...brand, design }).renderPage({ ...facts, status: 503 }, asHtml);
    const mistakes: string[] = [];
    parseHtml(page, { onParseError: ({ code }) => mistakes.push(code) });
    expect(mistakes).toEqual([]);
  });

  it('runs no script and fetches nothing', () => {
    expect(html).not.toMatch(/<script|<iframe|<link(?! rel="icon" href="data:,">)|@import|url\(|\son\w+=|\sstyle=/i);
    expect(html).not.toMatch(/\ssrc=/);
  });

  it('has the language and direction of the reader', () => {
    expect(html).toMatch(/<html lang="en" dir="ltr">/);
    expect(pages.renderPage(facts, { ...asHtml, language: 'ar' })).toMatch(/<html lang="ar" dir="rtl">/);
    expect(pages.renderPage(facts, { ...asHtml, language: 'zh' })).toMatch(/<html lang="zh-Hans" dir="ltr">/);
  });

  it('has its one style allowed by its hash, by the header and by itself', () => {
    const styles = textOf(html, 'style');
    expect(styles).toHaveLength(1);
    const source = `'sha256-${createHash('sha256')
      .update(styles[0] ?? '')
      .digest('base64')}'`;
    expect(pages.styleSource).toBe(source);
    expect(html.replaceAll('&#39;', "'")).toContain(`style-src ${source};`);
  });

  it('keeps its shape and says all of the text, whatever came with the request', () => {
    const shape = shapeOf(html);
    fc.assert(
      fc.property(anyFacts, ({ reference, details: texts }) => {
        const page = pages.renderPage({ ...facts, reference, details: { ...details, ...texts } }, asHtml);
        expect(shapeOf(page)).toEqual(shape);
        const shown = textOf(page, 'bdi');
        if (/^[\x20-\x7e]{1,256}$/.test(reference)) expect(shown[0]).toBe(reference);
        expect(shown[0]?.length).toBe(
          Math.min(reference.length, 256) -
            (/[\ud800-\udbff]$/.test(reference.slice(0, 255)) && reference.length > 256 ? 1 : 0),
        );
      }),
    );
  });

  it('keeps its shape whatever the brand is called and says', () => {
    const shape = shapeOf(html);
    fc.assert(
      fc.property(anyText, anyText, anyText, (name, label, text) => {
        const other = prepareBrand({
          ...brand,
          name,
          links: [{ label, url: `https://cafe.example/${text}` }],
          texts: { en: { reasons: { 'no-path': { title: text, detail: label } } } },
        });
        expect(shapeOf(other.renderPage(facts, asHtml))).toEqual(shape);
      }),
      { numRuns: 50 },
    );
  });

  it("is the brand's own template where it has one", () => {
    const html = '<html lang="{{language}}"><style>b{}</style><b>{{status}} {{reference}}</b></html>';
    const own = prepareBrand({ ...brand, templates: { html } });
    expect(own.renderPage({ ...facts, reference: '<' }, asHtml)).toContain(
      '<html lang="en"><style>b{}</style><b>404 &lt;</b>',
    );
    expect(own.styleSource).toBe(`'sha256-${createHash('sha256').update('b{}').digest('base64')}'`);
    expect(prepareBrand({ ...brand, templates: { html: '<b>' } }).styleSource).toBe("'none'");
  });

  it('links to nothing that could run', () => {
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//cafe.example',
      '/\\cafe.example',
      ' javascript:x',
      '',
    ]) {
      expect(() => prepareBrand({ ...brand, links: [{ label: 'x', url }] })).toThrow('is neither http');
    }
  });

  it('shows the logo in place of the name', () => {
    const withLogo = prepareBrand({ ...brand, logo: 'data:image/svg+xml,%3Csvg/%3E' }).renderPage(facts, asHtml);
    expect(withLogo).toContain('<img class="logo" src="data:image/svg+xml,%3Csvg/%3E" alt="Cafe">');
  });
});
