/**
 * Duty: a page as JSON, and as problem details (RFC 9457).
 */
import type { PageContent } from './page-content.ts';
import { Placeholder } from './request-text.ts';

export function writeJson(content: PageContent): string {
  return `${JSON.stringify(membersOf(content))}\n`;
}

/** `about:blank` means that the title is the phrase of the status (in the reader's language); more members are allowed. */
export function writeProblem(content: PageContent): string {
  return `${JSON.stringify({ type: 'about:blank', ...membersOf(content) })}\n`;
}

function membersOf({ status, title, detail, reason, requestTexts }: PageContent): Readonly<Record<string, unknown>> {
  return {
    title,
    status,
    detail,
    reason,
    ...Object.fromEntries(requestTexts.map((name) => [name, new Placeholder(name).mark])),
  };
}
