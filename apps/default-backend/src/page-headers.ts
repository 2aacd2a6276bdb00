/**
 * Duty: the headers that go with every page, whatever its format.
 */
import type { PreparedBrand } from '@gatehouse/error-pages';

/** Nothing is stored, sniffed, indexed, framed, run or fetched; the brand's styles are allowed by their hashes. */
export function pageHeaders({ styleSource }: PreparedBrand): Readonly<Record<string, string>> {
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
