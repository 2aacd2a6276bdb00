/**
 * Duty: the headers that go with a page, all but its length and compression.
 */
import type { Language, PageFormat, PreparedBrand } from '@gatehouse/error-pages';

export interface PageHeadersOptions {
  readonly brand: PreparedBrand;
  readonly status: number;
  readonly format: PageFormat;
  readonly language: Language;
  /** Whether the same page comes compressed for other clients. */
  readonly isCompressible: boolean;
  /** Seconds, by status, for those that the brand says nothing about; 0 is not told. */
  readonly retryAfter: RetryAfter;
}

export type RetryAfter = Readonly<Record<number, number | undefined>>;

/**
 * Nothing is stored, sniffed, indexed, framed, run or fetched; the brand's styles are allowed by their hashes. Names and values
 * take turns, as `response.writeHead` has them.
 */
export function pageHeaders(options: PageHeadersOptions): readonly string[] {
  const { brand, status, format, language, isCompressible } = options;
  const retryAfter = brand.brand.retryAfter[status] ?? options.retryAfter[status] ?? 0;
  return [
    ...['Content-Type', `${format}; charset=utf-8`],
    ...['Content-Language', language],
    ...['Vary', varyOf(isCompressible ? ['Accept-Encoding'] : [])],
    ...['Cache-Control', 'no-store'],
    ...['Content-Security-Policy', policyFor(brand)],
    ...['Referrer-Policy', 'no-referrer'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...['X-Robots-Tag', 'noindex'],
    ...(retryAfter === 0 ? [] : ['Retry-After', String(retryAfter)]),
  ];
}

/** The proxy sends the client's Accept as X-Format, so that a cache before the proxy needs the one, and one behind it both. */
function varyOf(more: readonly string[]): string {
  return ['Accept', 'X-Format', 'Accept-Language', ...more].join(', ');
}

function policyFor({ styleSource }: PreparedBrand): string {
  return [
    "default-src 'none'",
    `style-src ${styleSource}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
