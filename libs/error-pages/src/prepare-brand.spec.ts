import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { anyFacts, anyText, brand, detail, details, facts } from './hostile-facts.arbitrary.ts';
import { LANGUAGES } from './negotiation/page-language.ts';
import { prepareBrand } from './prepare-brand.ts';

const pages = prepareBrand(brand);

describe('JSON and problem details', () => {
  const asJson = { format: 'application/json', language: 'en' } as const;
  const asProblem = { format: 'application/problem+json', language: 'en' } as const;
  const members = { title: 'Not Found', status: 404, detail, reason: 'no-path', reference: 'abc-1', ...details };

  it('have the same members', () => {
    expect(JSON.parse(pages.renderPage(facts, asJson))).toEqual(members);
    expect(JSON.parse(pages.renderPage(facts, asProblem))).toEqual({ type: 'about:blank', ...members });
    expect(JSON.parse(pages.renderPage({ status: 404, reference: '' }, asJson))).toEqual({
      title: 'Not Found',
      status: 404,
      detail: 'Nothing is served at this address. Check it for typing errors.',
    });
  });

  it('keep their members whatever came with the request', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(asJson, asProblem), (any, choice) => {
        const page = JSON.parse(pages.renderPage(any, choice)) as Record<string, unknown>;
        const { reference, details: { host } = {} } = any;
        const { title, detail: said, status } = page;
        expect({ ...page, type: 0 }).toEqual({
          ...{ type: 0, title, status, detail: said },
          ...{
            reference: expect.any(String),
            host: expect.any(String),
            uri: expect.any(String),
            namespace: expect.any(String),
          },
        });
        if (reference.length <= 256) expect(page['reference']).toBe(reference);
        if ((host ?? '').length <= 256) expect(page['host']).toBe(host);
      }),
    );
  });
});

describe('XML', () => {
  const asXml = { format: 'application/xml', language: 'de' } as const;

  /** The elements in order with their text. Throws when the document is not well-formed. */
  function elementsOf(xml: string): readonly (readonly [name: string, text: string])[] {
    const elements: [string, string][] = [];
    const parser = new SaxesParser({ xmlns: true });
    parser.on('opentag', ({ local, uri }) => elements.push([`${uri} ${local}`, '']));
    parser.on('text', (text) => {
      const last = elements.at(-1);
      if (last !== undefined && text.trim() !== '') last[1] += text;
    });
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(xml).close();
    return elements;
  }

  it('is a problem as RFC 9457 writes it', () => {
    const xml = pages.renderPage({ status: 404, reason: 'no-path', reference: 'a&b' }, asXml);
    expect(xml).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<problem xmlns="urn:ietf:rfc:7807" xml:lang="de">\n/,
    );
    expect(elementsOf(xml).map(([name, text]) => [name.replace('urn:ietf:rfc:7807 ', ''), text])).toEqual([
      ['problem', ''],
      ['type', 'about:blank'],
      ['title', 'Nicht gefunden'],
      ['status', '404'],
      ['detail', 'Diese Website hat unter diesem Pfad nichts. Prüfen Sie die Adresse bitte auf Tippfehler.'],
      ['reason', 'no-path'],
      ['reference', 'a&b'],
    ]);
  });

  it('is well-formed with the same elements whatever came with the request', () => {
    fc.assert(
      fc.property(anyFacts, anyText, (any, title) => {
        const titled = prepareBrand({ ...brand, texts: { de: { statuses: { '4xx': { title }, '5xx': { title } } } } });
        const names = elementsOf(titled.renderPage(any, asXml)).map(([name]) => name.split(' ')[1]);
        expect(names).toEqual([
          'problem',
          'type',
          'title',
          'status',
          'detail',
          'reference',
          'host',
          'uri',
          'namespace',
        ]);
      }),
    );
  });
});

describe('plain text', () => {
  const asText = { format: 'text/plain', language: 'en' } as const;

  it('is a few lines', () => {
    expect(pages.renderPage({ ...facts, details: { host: 'tea.example', service: 'pot' } }, asText)).toBe(
      `404 Not Found\n\n${detail}\n\nReference number: abc-1\nHost: tea.example\nService: pot\n`,
    );
    expect(pages.renderPage({ ...facts, reference: '', details: undefined }, asText)).toBe(
      `404 Not Found\n\n${detail}\n`,
    );
  });

  it('keeps its lines whatever came with the request', () => {
    fc.assert(
      fc.property(anyFacts, (any) => {
        const page = pages.renderPage(any, asText);
        expect(page.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(9);
        expect(page.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('prepared pages', () => {
  it('are told apart by all that they depend on, in whatever order they are asked for', () => {
    const choices = fc.record({
      format: fc.constantFrom('text/html', 'application/json', 'application/xml', 'text/plain'),
      language: fc.constantFrom(...LANGUAGES),
    });
    const some = fc.record({
      status: fc.integer({ min: 400, max: 420 }),
      reason: fc.constantFrom(undefined, 'no-host', 'denied'),
      reference: fc.constantFrom('', 'a', 'b'),
      details: fc.constantFrom(undefined, {}, { host: 'a' }, { uri: 'a' }, details),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(some, choices), { maxLength: 5 }), (asked) => {
        const fresh = asked.map(([any, choice]) => prepareBrand(brand).renderPage(any, choice));
        expect(asked.map(([any, choice]) => pages.renderPage(any, choice))).toEqual(fresh);
      }),
    );
  });
});
