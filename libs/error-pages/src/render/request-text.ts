/**
 * Duty: the places of a page where text that came with the request goes, while the page is made once for all requests.
 */
import type { ErrorFacts } from '../error-facts.ts';
import { cutTo } from '../text-safety.ts';

/** All text of a page that differs between requests. The names are those of the JSON members and XML elements. */
const REQUEST_TEXTS = ['reference', 'host', 'uri', 'namespace', 'ingress', 'service', 'servicePort'] as const;

export type RequestTextName = (typeof REQUEST_TEXTS)[number];

/** The longest that is shown; the log has the rest. */
const LONGEST = 256;

/** The longest in characters that it becomes on a page: `&quot;` and `\u0000` have six. */
export const LONGEST_WRITTEN = 6 * LONGEST;

/** No character at all by Unicode, so that it stands in no text of ours; the texts of a brand are freed from it. */
const MARK = '\ufdd0';
const MARKS = new RegExp(`${MARK}([0-9])`);

/** Stands in a view for the text of that name; escaping must leave it as it is. */
export class Placeholder {
  readonly mark: string;
  constructor(name: RequestTextName) {
    this.mark = `${MARK}${REQUEST_TEXTS.indexOf(name)}`;
  }
}

/** Which texts there are for a request: bit n for the n-th of `REQUEST_TEXTS`. */
export function presenceOf(texts: readonly (string | undefined)[]): number {
  return texts.reduce((bits, text, index) => (text === undefined || text === '' ? bits : bits | (1 << index)), 0);
}

export function namesIn(presence: number): readonly RequestTextName[] {
  return REQUEST_TEXTS.filter((_, index) => (presence & (1 << index)) !== 0);
}

/** The texts of a request in the order of `REQUEST_TEXTS`. */
export function requestTexts({ reference, details }: ErrorFacts): readonly (string | undefined)[] {
  if (details === undefined) return [reference];
  const { host, uri, namespace, ingress, service, servicePort } = details;
  return [reference, host, uri, namespace, ingress, service, servicePort];
}

/** A page cut at its placeholders: what is the same for all requests, and which text goes behind each piece but the last. */
export interface PagePieces {
  readonly constant: readonly string[];
  readonly places: readonly number[];
}

/** Cuts a page that was written with the marks of placeholders. */
export function cutAtPlaceholders(page: string): PagePieces {
  const parts = page.split(MARKS);
  return {
    constant: parts.filter((_, index) => index % 2 === 0),
    places: parts.filter((_, index) => index % 2 === 1).map(Number),
  };
}

/** The page of one request. */
export function fillPieces(
  { constant, places }: PagePieces,
  texts: readonly (string | undefined)[],
  encode: (text: string) => string,
): string {
  let page = constant[0] ?? '';
  for (const [index, place] of places.entries()) {
    page += encode(cutTo(LONGEST, texts[place] ?? '')) + (constant[index + 1] ?? '');
  }
  return page;
}
