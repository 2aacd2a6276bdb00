/**
 * Duty: does once, for a brand, whatever does not depend on a request. Must not know HTTP.
 */
import mustache from 'mustache';
import { createHash } from 'node:crypto';
import type { Brand } from './brand/brand.ts';
import type { ErrorFacts } from './error-facts.ts';
import { describeStatus } from './error-status.ts';
import type { PageFormat } from './page-format.ts';
import { LANGUAGES, type Language } from './page-language.ts';
import { pageStyle } from './page-style.ts';
import { pageTemplate } from './page-template.ts';

interface PageChoice {
  readonly format: PageFormat;
  readonly language: Language;
}

export interface PreparedBrand {
  readonly brand: Brand;
  /** Languages of its pages, for `negotiateLanguage`. */
  readonly languages: readonly [Language, ...Language[]];
  /** Allows the pages' styles in a Content-Security-Policy: `'sha256-…'`, several with a space between. */
  readonly styleSource: string;
  /** The text of a page; its media type is the format, its charset UTF-8. */
  readonly renderPage: (facts: ErrorFacts, choice: PageChoice) => string;
}

/** Throws when a template or a colour of the brand cannot be used. */
export function prepareBrand(brand: Brand): PreparedBrand {
  const template = brand.templates.html ?? pageTemplate;
  mustache.parse(template);
  return {
    brand,
    languages: LANGUAGES,
    styleSource: `'sha256-${createHash('sha256').update(pageStyle).digest('base64')}'`,
    renderPage: ({ status, reference }, { format }) => {
      const { title, detail } = describeStatus(status);
      switch (format) {
        case 'text/html':
          return mustache.render(template, {
            status,
            title,
            detail,
            reference,
            brandName: brand.name,
            style: pageStyle,
          });
        case 'application/json':
          return `${JSON.stringify({ status, title, detail, reference })}\n`;
        case 'application/problem+json':
          // RFC 9457: about:blank means that the title is the phrase of the status; further members are allowed.
          return `${JSON.stringify({ type: 'about:blank', title, status, detail, reference })}\n`;
        case 'text/plain':
          return `${status} ${title}\n\n${detail}\n\nReference number: ${reference}\n`;
      }
    },
  };
}
