/**
 * Duty: the headers that go with every page, whatever its format.
 */
import type { PreparedBrand } from '@gatehouse/error-pages';

type Headers = Readonly<Record<string, string>>;

const headersByBrand = new WeakMap<PreparedBrand, Headers>();

/** Nothing is stored, sniffed, indexed, framed, run or fetched; the brand's styles are allowed by their hashes. */
export function pageHeaders(pages: PreparedBrand): Headers {
  const headers = headersByBrand.get(pages) ?? makeHeaders(pages);
  headersByBrand.set(pages, headers);
  return headers;
}

function makeHeaders({ styleSource }: PreparedBrand): Headers {
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src ${styleSource}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    Vary: 'Accept, X-Format, Accept-Language',
    'X-Content-Type-Options': 'nosniff',
    'X-Robots-Tag': 'noindex',
  };
}
