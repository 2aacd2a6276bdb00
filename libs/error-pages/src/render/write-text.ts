/**
 * Duty: a page as plain text.
 */
import { labelOf, type PageContent } from './page-content.ts';
import { Placeholder } from './request-text.ts';

export function writeText({ status, title, detail, labels, requestTexts }: PageContent): string {
  const lines = requestTexts.map((name) => `${labelOf(name, labels)}: ${new Placeholder(name).mark}`);
  return [`${status} ${title}`, '', detail, ...(lines.length > 0 ? ['', ...lines] : []), ''].join('\n');
}
