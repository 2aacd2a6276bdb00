/**
 * Duty: the body of an answer in each format. Must not know HTTP.
 */
import mustache from 'mustache';
import type { StatusWords } from './error-status.ts';
import type { PageFormat } from './page-format.ts';
import { pageStyle } from './page-style.ts';
import { pageTemplate } from './page-template.ts';

/** All that a page says. */
export interface ErrorPage extends StatusWords {
  readonly status: number;
  readonly reference: string;
  readonly brandName: string;
}

/** The text of the page; its media type is `format`, its charset UTF-8. */
export function renderPage(page: ErrorPage, format: PageFormat): string {
  const { status, title, detail, reference } = page;
  switch (format) {
    case 'text/html':
      return mustache.render(pageTemplate, { ...page, style: pageStyle });
    case 'application/json':
      return `${JSON.stringify({ status, title, detail, reference })}\n`;
    case 'application/problem+json':
      // RFC 9457: about:blank means that the title is the phrase of the status; further members are allowed.
      return `${JSON.stringify({ type: 'about:blank', title, status, detail, reference })}\n`;
    case 'text/plain':
      return `${status} ${title}\n\n${detail}\n\nReference number: ${reference}\n`;
  }
}
