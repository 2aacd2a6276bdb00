/**
 * Duty: which pages there are as files, and what each of them is called. Pure.
 */
import {
  LANGUAGES,
  NAMED_STATUSES,
  PAGE_FORMATS,
  type Language,
  type PageFormat,
  type PreparedBrand,
  type PreparedBrands,
} from '@gatehouse/error-pages';

/** The ending of a page's file. */
export const pageEndings: Readonly<Record<PageFormat, string>> = {
  'text/html': 'html',
  'application/json': 'json',
  'application/problem+json': 'problem',
  'application/xml': 'xml',
  'text/plain': 'txt',
};

/** A brand that has files, and the folder that they are in. */
export interface FolderBrand {
  readonly folder: string;
  /** The host that it is for; none for all others. */
  readonly host?: string;
  readonly brand: PreparedBrand;
}

export interface StaticPage {
  /** Below the folder of all pages: `default/en/404.html`. */
  readonly path: string;
  readonly text: string;
}

/**
 * A server of files knows no namespaces, so that their brands are left out. A host's `*` becomes `_`, which no host has; its
 * folder is in one for all hosts, since a host may be nearly as long as the name of a folder can be.
 */
export function folderBrands({ base, hosts }: PreparedBrands): readonly FolderBrand[] {
  const ofHosts = Array.from(hosts, ([host, brand]) => ({ folder: `hosts/${host.replace('*', '_')}`, host, brand }));
  return [{ folder: 'default', brand: base }, ...ofHosts];
}

/** The built-in statuses, and those that the brands have texts for, in order. */
export function allStatuses(brands: readonly FolderBrand[]): readonly number[] {
  const own = brands.flatMap(({ brand }) =>
    Object.values(brand.brand.texts).flatMap(({ statuses = {} }) => Object.keys(statuses).map(Number)),
  );
  return [...new Set([...NAMED_STATUSES, ...own])].filter(Number.isInteger).sort((a, b) => a - b);
}

export function pagePath(folder: string, page: { language: Language; status: number; format: PageFormat }): string {
  return `${folder}/${page.language}/${page.status}.${pageEndings[page.format]}`;
}

/** The pages of all brands, one after the other. They have no reference number, as nobody counts these requests. */
export function* staticPages(brands: readonly FolderBrand[], statuses: readonly number[]): Generator<StaticPage> {
  for (const { folder, brand } of brands) {
    for (const language of LANGUAGES) {
      for (const status of statuses) {
        for (const format of PAGE_FORMATS) {
          const text = brand.renderPage({ status, reference: '' }, { format, language });
          yield { path: pagePath(folder, { language, status, format }), text };
        }
      }
    }
  }
}
