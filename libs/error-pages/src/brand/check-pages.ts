/**
 * Duty: trying out whether pages can be made of a brand, and how large they become.
 */
import type { ErrorFacts } from '../error-facts.ts';
import { prepareBrand } from '../prepare-brand.ts';
import { TemplateError } from '../render/compile-template.ts';
import type { Brand, TemplateName } from './brand.ts';

/** What a page should have at most, whole: it is sent when little works. */
const wantedBytes = 10 * 1024;

/** What is wrong with one of the brand's templates; `line` counts from 1. */
export interface TemplateFault {
  readonly name: TemplateName;
  readonly line: number;
  readonly message: string;
}

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

/** The first fault of each of the templates that are named. */
export function templateFaults(brand: Brand, names: readonly string[]): readonly TemplateFault[] {
  const own = Object.entries(brand.templates).filter(([name]) => names.includes(name)) as [TemplateName, string][];
  return own.flatMap(([name, text]) => {
    const fault = faultOf({ ...brand, templates: { [name]: text } }, name);
    return fault === undefined ? [] : [{ name, ...fault, message: `the template ${fault.message}` }];
  });
}

function faultOf(brand: Brand, name: TemplateName): Omit<TemplateFault, 'name'> | undefined {
  try {
    const { renderPage } = prepareBrand(brand);
    if (name !== 'json' && name !== 'problem') return undefined;
    const format = name === 'json' ? 'application/json' : 'application/problem+json';
    return trials.map((facts) => jsonFault(renderPage(facts, { format, language: 'en' }))).find(Boolean);
  } catch (error) {
    if (error instanceof TemplateError) return { line: error.line, message: error.message };
    throw error;
  }
}

function jsonFault(text: string): Omit<TemplateFault, 'name'> | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return { line: 1, message: 'does not always give JSON: put each text in quotes, and mind the commas' };
  }
}

/** What to say about the size of the HTML pages, if there is something. */
export function sizeWarning(brand: Brand): string | undefined {
  const facts = { status: 404, reference: '0'.repeat(32) };
  if (templateFaults(brand, Object.keys(brand.templates)).length > 0) return undefined;
  const page = prepareBrand(brand).renderPage(facts, {
    format: 'text/html',
    language: 'en',
  });
  const bytes = Buffer.byteLength(page);
  if (bytes <= wantedBytes) return undefined;
  return `a page has ${(bytes / 1024).toFixed(1)} KiB; at most ${wantedBytes / 1024} are good for a page that is sent when little works`;
}
