/**
 * Duty: how a page is compressed on its way, by what the client can read (RFC 9110, section 12.5.3).
 */
import Negotiator from 'negotiator';

/** Compressions of pages; of those that a client likes equally, the earlier one is taken: it is the smaller. */
export const CONTENT_CODINGS = ['br', 'zstd', 'gzip'] as const;

export type ContentCoding = (typeof CONTENT_CODINGS)[number];

/** Longer lists are no browser's, and reading them would be work. */
const MOST_CHARACTERS = 500;

/** The types are those of an older version, which had no say in what comes first of the equals. */
interface Asked {
  encoding(offered: readonly string[], options: { readonly preferred: readonly string[] }): string | undefined;
}

const OFFERED = [...CONTENT_CODINGS, 'identity'];

/** Undefined for a page as it is, which is also what a client gets that refuses everything. */
export function negotiateCoding(acceptEncoding: string | undefined): ContentCoding | undefined {
  if (acceptEncoding === undefined || acceptEncoding.length > MOST_CHARACTERS) return undefined;
  const asked: Asked = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const best = asked.encoding(OFFERED, { preferred: OFFERED });
  return CONTENT_CODINGS.find((coding) => coding === best);
}
