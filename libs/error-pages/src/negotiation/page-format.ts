/**
 * Duty: in which format an answer is written, by what the client asked for (RFC 9110, section 12.5.1).
 */
import { parseWeightedList, type Wish } from './weighted-list.ts';

/** Media types of the answers; of those that a client likes equally, the earlier one is taken. */
export const PAGE_FORMATS = [
  'text/html',
  'application/json',
  'application/problem+json',
  'application/xml',
  'text/plain',
] as const;

export type PageFormat = (typeof PAGE_FORMATS)[number];

export interface FormatWishes {
  /** The header X-Format, in which the proxy hands on what the client accepts. */
  readonly xFormat: string | undefined;
  /** The header Accept. */
  readonly accept: string | undefined;
}

/** How well one format is liked: by the wish that speaks of it most exactly. */
interface Liking {
  readonly format: PageFormat;
  /** 0 when it was refused or no wish speaks of it. */
  readonly quality: number;
  readonly exactness: number;
  /** Place of the wish in the header. */
  readonly place: number;
}

/**
 * X-Format decides, else Accept, else HTML. Of the formats that are liked best, the one that was asked for most exactly
 * is taken, then the one that was named first. A client that accepts none of them gets what is next to what it accepts,
 * or plain text, since it has to get the status in any case.
 */
export function negotiateFormat({ xFormat, accept }: FormatWishes): PageFormat {
  const header = [xFormat, accept].find((text) => text !== undefined && text.trim() !== '');
  if (header === undefined) return 'text/html';
  const wishes = parseWeightedList(header);
  const likings = PAGE_FORMATS.map((format) => likingOf(format, wishes));
  const best = likings.reduce((a, b) => (compareLikings(a, b) <= 0 ? a : b));
  return best.quality > 0 ? best.format : nearestFormat(wishes, likings);
}

function likingOf(format: PageFormat, wishes: readonly Wish[]): Liking {
  let liking: Liking = { format, quality: 0, exactness: -1, place: wishes.length };
  for (const [place, wish] of wishes.entries()) {
    const exactness = exactnessOf(wish, format);
    const isBetter = exactness === liking.exactness ? wish.quality > liking.quality : exactness > liking.exactness;
    if (exactness >= 0 && isBetter) liking = { format, quality: wish.quality, exactness, place };
  }
  return liking;
}

/** 0 for any type, up to 3 for this type with its charset; -1 when the wish is for something else. */
function exactnessOf({ range, parameters }: Wish, format: PageFormat): number {
  // Our answers have a charset and no other parameter; a wish for another kind of them is one for something else.
  if (!parameters.every(([name, value]) => name === 'charset' && isUtf8(value))) return -1;
  if (range === format) return parameters.length > 0 ? 3 : 2;
  if (range === '*/*') return 0;
  return range === `${format.slice(0, format.indexOf('/'))}/*` ? 1 : -1;
}

function isUtf8(charset: string): boolean {
  return charset === 'utf-8' || charset === 'utf8';
}

function compareLikings(a: Liking, b: Liking): number {
  return b.quality - a.quality || b.exactness - a.exactness || a.place - b.place;
}

/** By the syntax of the types that were asked for: who wants some other JSON can read ours. */
function nearestFormat(wishes: readonly Wish[], likings: readonly Liking[]): PageFormat {
  const isRefused = (format: PageFormat): boolean =>
    likings.some((liking) => liking.format === format && liking.exactness >= 1);
  const inOrder = wishes.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  const near = inOrder.map(({ range }) => formatOfSyntax(range));
  return near.find((format) => format !== undefined && !isRefused(format)) ?? 'text/plain';
}

function formatOfSyntax(range: string): PageFormat | undefined {
  if (/^text\/html$|^application\/xhtml\+xml$/.test(range)) return 'text/html';
  if (/^[^/]+\/(?:[^/]*\+)?json$/.test(range)) return 'application/json';
  if (/^[^/]+\/(?:[^/]*\+)?xml$/.test(range)) return 'application/xml';
  return undefined;
}
