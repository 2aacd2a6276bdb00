/**
 * Duty: which page of the gallery is looked at, as the query of a URL says it. Whatever is unknown there is the default.
 */
import { errorReasons, type ErrorReason } from '@gatehouse/core';
import {
  DESIGNS,
  LANGUAGES,
  NAMED_STATUSES,
  PAGE_FORMATS,
  type Brand,
  type ErrorDetails,
  type Language,
  type PageFormat,
  type PreparedBrands,
} from '@gatehouse/error-pages';

export interface PreviewChoice {
  readonly status: number;
  readonly reason: ErrorReason | undefined;
  readonly language: Language;
  readonly format: PageFormat;
  /** The brand's own when it is undefined. */
  readonly design: Brand['design'] | undefined;
  readonly scheme: 'dark' | 'light';
  /** A host that decides about the brand; empty for the one of all hosts. */
  readonly host: string;
  /** A namespace that decides about it where the host does not; empty for none. */
  readonly namespace: string;
  readonly details: ErrorDetails | undefined;
}

/** What can be chosen, each with all its values; the first is the default, empty stands for none. */
export function choices({
  hosts,
  namespaces,
}: PreparedBrands): Readonly<Record<keyof PreviewChoice, readonly string[]>> {
  return {
    status: ['404', ...NAMED_STATUSES.map(String).filter((status) => status !== '404')],
    reason: ['', ...errorReasons],
    language: LANGUAGES,
    format: PAGE_FORMATS,
    design: ['', ...DESIGNS],
    scheme: ['light', 'dark'],
    host: ['', ...hosts.keys()],
    namespace: ['', ...namespaces.keys()],
    details: ['', 'shown'],
  };
}

const sampleDetails: ErrorDetails = {
  host: 'shop.example.com',
  uri: '/cart?item=42',
  namespace: 'shop',
  ingress: 'storefront',
  service: 'cart',
  servicePort: '8080',
};

export function parseChoice(query: URLSearchParams, brands: PreparedBrands): PreviewChoice {
  const all = choices(brands);
  const take = (name: keyof PreviewChoice): string => {
    const found = query.get(name) ?? '';
    return all[name].includes(found) ? found : (all[name][0] ?? '');
  };
  return {
    status: Number(take('status')),
    reason: errorReasons.find((reason) => reason === take('reason')),
    language: LANGUAGES.find((language) => language === take('language')) ?? 'en',
    format: PAGE_FORMATS.find((format) => format === take('format')) ?? 'text/html',
    design: DESIGNS.find((design) => design === take('design')),
    scheme: take('scheme') === 'dark' ? 'dark' : 'light',
    host: take('host'),
    namespace: take('namespace'),
    details: take('details') === '' ? undefined : sampleDetails,
  };
}

/** The query that leads to this choice, with `change` made to it. */
export function choiceQuery(choice: PreviewChoice, change: Partial<Record<keyof PreviewChoice, string>> = {}): string {
  const { status, reason = '', language, format, design = '', scheme, host, namespace, details } = choice;
  const texts = {
    status: String(status),
    reason,
    language,
    format,
    design,
    scheme,
    host,
    namespace,
    details: details ? 'shown' : '',
  };
  return new URLSearchParams({ ...texts, ...change }).toString();
}
