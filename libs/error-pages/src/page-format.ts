/**
 * Duty: in which format an answer is written, by what the client asked for (RFC 9110, section 12.5.1).
 */
import Negotiator from 'negotiator';

/** Media types of the answers; of those that a client likes equally, the earlier one is taken. */
const PAGE_FORMATS = ['text/html', 'application/json', 'application/problem+json', 'text/plain'] as const;

export type PageFormat = (typeof PAGE_FORMATS)[number];

export interface FormatWishes {
  /** The header X-Format, in which the proxy hands on what the client accepts. */
  readonly xFormat: string | undefined;
  /** The header Accept. */
  readonly accept: string | undefined;
}

/**
 * X-Format decides, else Accept, else HTML. A client that accepts none of the formats gets plain text, since it has to
 * get the status in any case.
 */
export function negotiateFormat({ xFormat, accept }: FormatWishes): PageFormat {
  const wish = [xFormat, accept].find((header) => header !== undefined && header.trim() !== '');
  if (wish === undefined) return 'text/html';
  const best = new Negotiator({ headers: { accept: wish } }).mediaType([...PAGE_FORMATS]);
  return PAGE_FORMATS.find((format) => format === best) ?? 'text/plain';
}
