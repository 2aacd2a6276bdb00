/**
 * Duty: trying out whether pages can be made of a brand, and how large they become.
 */
import type { ErrorFacts } from '../error-facts.ts';
import type { PageFormat } from '../negotiation/page-format.ts';
import { prepareBrand, type PageCaches } from '../prepare-brand.ts';
import { TemplateError } from '../render/template-error.ts';
import { withLongestWords } from '../words/longest-words.ts';
import type { Brand, TemplateName } from './brand.ts';

/** What a page should have at most, whole: it is sent when little works. */
const wantedBytes = 10 * 1024;

/** What is wrong with one of the brand's pages; `line` counts from 1 and is that of the template. */
export interface PageFault {
  readonly name: TemplateName;
  readonly line: number;
  /** Completes "the template …". */
  readonly message: string;
}

const formats: Readonly<Record<TemplateName, PageFormat>> = {
  html: 'text/html',
  json: 'application/json',
  problem: 'application/problem+json',
  xml: 'application/xml',
  text: 'text/plain',
};

/** With all that a request can bring, as somebody who means harm brings it, and with none of it. */
const hostile = '"\\\'<>{}\n';
const trials: readonly ErrorFacts[] = [
  { status: 404, reference: '' },
  {
    status: 503,
    reason: 'no-endpoints',
    reference: hostile,
    details: {
      host: hostile,
      uri: hostile,
      namespace: hostile,
      ingress: hostile,
      service: hostile,
      servicePort: hostile,
    },
  },
];

/** The first fault of the HTML page and of each page with a template of its own, with the longest words that it can have. */
export function pageFaults(brand: Brand, caches: PageCaches): readonly PageFault[] {
  const longest = withLongestWords(brand);
  const names = new Set(['html', ...Object.keys(brand.templates)] as TemplateName[]);
  return [...names].flatMap((name) => {
    const text = brand.templates[name];
    const templates = text === undefined ? {} : { [name]: text };
    const fault = faultOf(name, { ...longest, templates }, caches);
    return fault === undefined ? [] : [{ name, ...fault }];
  });
}

type Fault = Omit<PageFault, 'name'>;

function faultOf(name: TemplateName, brand: Brand, caches: PageCaches): Fault | undefined {
  try {
    const { renderPage } = prepareBrand(brand, caches);
    const pages = trials.map((facts) => renderPage(facts, { format: formats[name], language: 'en' }));
    return name === 'json' || name === 'problem' ? pages.map(jsonFault).find(Boolean) : undefined;
  } catch (error) {
    if (error instanceof TemplateError) return { line: error.line, message: error.message };
    // Whatever it is: what is in a brand must never end a program.
    return { line: 1, message: `cannot be used: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function jsonFault(text: string): Fault | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return { line: 1, message: 'does not always give JSON: put each text in quotes, and mind the commas' };
  }
}

/** What to say about the size of the HTML pages, if there is something; the brand must be without a fault. */
export function sizeWarning(brand: Brand, caches: PageCaches): string | undefined {
  const facts = { status: 404, reference: '0'.repeat(32) };
  const page = prepareBrand(brand, caches).renderPage(facts, { format: 'text/html', language: 'en' });
  const bytes = Buffer.byteLength(page);
  if (bytes <= wantedBytes) return undefined;
  return `a page has ${(bytes / 1024).toFixed(1)} KiB; at most ${wantedBytes / 1024} are good for a page that is sent when little works`;
}
