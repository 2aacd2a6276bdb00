/**
 * Duty: in which language an answer is written, by what the client asked for (RFC 9110, section 12.5.4).
 */
import Negotiator from 'negotiator';

/** Languages that have texts; the first is that of readers whose own is not among them. */
export const LANGUAGES = ['en'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The language of `offered` that the header Accept-Language likes best, else the first of them. */
export function negotiateLanguage(
  acceptLanguage: string | undefined,
  offered: readonly [Language, ...Language[]],
): Language {
  const best = new Negotiator({ headers: { 'accept-language': acceptLanguage } }).language([...offered]);
  return offered.find((language) => language === best) ?? offered[0];
}
