import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { defaultBrand } from './brand/default-brand.ts';
import { prepareBrand } from './prepare-brand.ts';

const brand = { ...defaultBrand, name: 'Cafe' };
const pages = prepareBrand(brand);
const facts = { status: 404, reference: 'abc-1' };
const detail = 'Nothing is served at this address. Check it for typing errors.';
const asHtml = { format: 'text/html', language: 'en' } as const;

/** The sequence of tags, which text that is escaped cannot change. */
function tagsOf(html: string): readonly string[] {
  return html.match(/<[^>]*>/g) ?? [];
}

describe('the HTML page', () => {
  const html = pages.renderPage(facts, asHtml);

  it('says status, title, reason, reference number and brand', () => {
    for (const part of ['<title>404 Not Found</title>', detail, facts.reference, brand.name]) {
      expect(html).toContain(part);
    }
  });

  it('is at most 10 KB for every status', () => {
    for (let status = 400; status <= 599; status += 1) {
      const text = pages.renderPage({ status, reference: 'x'.repeat(128) }, asHtml);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(10_240);
    }
  });

  it('runs no script and fetches nothing', () => {
    expect(html).not.toMatch(
      /<script|<img|<iframe|<link(?! rel="icon" href="data:,">)|@import|url\(|https?:|\son\w+=/i,
    );
  });

  it('has a language, a direction, and a design for dark screens', () => {
    expect(html).toMatch(/<html lang="en" dir="ltr">/);
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('has its one style allowed by its hash', () => {
    const styles = [...html.matchAll(/<style>([^]*?)<\/style>/g)];
    expect(styles).toHaveLength(1);
    const hash = createHash('sha256')
      .update(styles[0]?.[1] ?? '')
      .digest('base64');
    expect(pages.styleSource).toBe(`'sha256-${hash}'`);
    expect(html).not.toMatch(/style=/);
  });

  it('keeps its shape whatever text is put into it', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '</title><script>alert(1)</script>',
        '{{{style}}}',
        '{{#status}}',
        '"><img src=x onerror=alert(1)>',
        '&lt;',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (reference, name) => {
        const page = prepareBrand({ ...brand, name }).renderPage({ ...facts, reference }, asHtml);
        expect(tagsOf(page)).toEqual(tagsOf(html));
      }),
    );
  });

  it('has text of enough contrast with its ground, in light and in dark', () => {
    const [light = '', dark = ''] = [...html.matchAll(/:root\{([^}]*--ground[^}]*)\}/g)].map(
      ([, block]) => block ?? '',
    );
    for (const block of [light, dark]) {
      const colour = (name: string) => new RegExp(`--${name}:(#[0-9a-f]+)`).exec(block)?.[1] ?? '';
      for (const [text, ground] of [
        ['text', 'card'],
        ['soft', 'card'],
        ['mark', 'card'],
        ['soft', 'ground'],
      ] as const) {
        expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

describe('the other formats', () => {
  it('are JSON and problem details with the same members', () => {
    const members = { status: 404, title: 'Not Found', detail, reference: 'abc-1' };
    expect(JSON.parse(pages.renderPage(facts, { ...asHtml, format: 'application/json' }))).toEqual(members);
    expect(JSON.parse(pages.renderPage(facts, { ...asHtml, format: 'application/problem+json' }))).toEqual({
      type: 'about:blank',
      ...members,
    });
  });

  it('are lines of plain text', () => {
    expect(pages.renderPage(facts, { ...asHtml, format: 'text/plain' })).toBe(
      `404 Not Found\n\n${detail}\n\nReference number: abc-1\n`,
    );
  });
});

/** Contrast of two colours after WCAG 2.2, 1 to 21. */
function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/g, '$&$&') : colour;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
