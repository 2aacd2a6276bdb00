/**
 * Duty: in which language an answer is written, by what the client asked for (RFC 9110, section 12.5.4).
 */
import { parseWeightedList } from './weighted-list.ts';

/** Languages that have texts; the first is that of readers whose own is not among them. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'zh', 'ja', 'ar', 'hi'] as const;

export type Language = (typeof LANGUAGES)[number];

/** RFC 4647, section 2.1, but for `*`, which looks nothing up (section 3.4). */
const LANGUAGE_RANGE = /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/;

/**
 * The language of `offered` that the header Accept-Language likes best, by the lookup of RFC 4647, section 3.4: `de-AT`
 * finds `de`. When it finds none, the first that was not refused (`en;q=0`), else the first.
 */
export function negotiateLanguage(
  acceptLanguage: string | undefined,
  offered: readonly [Language, ...Language[]],
): Language {
  if (acceptLanguage === undefined) return offered[0];
  const wishes = parseWeightedList(acceptLanguage).filter(({ range }) => LANGUAGE_RANGE.test(range));
  const refused = new Set(wishes.filter(({ quality }) => quality === 0).map(({ range }) => range));
  const left = offered.filter((language) => !refused.has(language));
  const inOrder = wishes.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  for (const { range } of inOrder) {
    const found = lookUp(range, left);
    if (found !== undefined) return found;
  }
  return left[0] ?? offered[0];
}

/** Takes one subtag after the other from the end of the range until there is such a language. */
function lookUp(range: string, offered: readonly Language[]): Language | undefined {
  for (let end = range.length; end > 0; end = range.lastIndexOf('-', end - 1)) {
    const found = offered.find((language) => language === range.slice(0, end));
    if (found !== undefined) return found;
  }
  return undefined;
}
