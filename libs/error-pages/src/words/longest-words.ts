/**
 * Duty: the longest words that a page of a brand can say, to try out how large its pages become.
 */
import type { Brand } from '../brand/brand.ts';
import { asMarkup } from '../text-safety.ts';
import { builtInTexts } from './texts.ts';

/** The brand with the longest of its titles and details, and of the built-in ones, on each English page for 404 and 503. */
export function withLongestWords(brand: Brand): Brand {
  const own = Object.values(brand.texts).flatMap(({ statuses = {}, reasons = {} }) => [
    ...Object.values(statuses),
    ...Object.values(reasons),
  ]);
  const builtIn = Object.values(builtInTexts).flatMap(({ statuses, reasons }) => [
    ...Object.values(statuses).map(([title, detail]) => ({ title, detail })),
    ...Object.values(reasons).map((detail) => ({ detail })),
  ]);
  const all: readonly { readonly title?: string | undefined; readonly detail?: string | undefined }[] = [
    ...own,
    ...builtIn,
  ];
  const words = {
    title: longest(all.map(({ title = '' }) => title)),
    detail: longest(all.map(({ detail = '' }) => detail)),
  };
  return { ...brand, texts: { en: { statuses: { 404: words, 503: words }, reasons: { 'no-endpoints': words } } } };
}

function longest(texts: readonly string[]): string {
  return texts.reduce((most, text) => (asMarkup(text).length > asMarkup(most).length ? text : most), '');
}
