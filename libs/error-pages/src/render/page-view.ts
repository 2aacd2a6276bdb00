/**
 * Duty: what a template of HTML can name, see `compileTemplate`. Must not decide how anything looks.
 */
import type { Brand, BrandContact, BrandLink } from '../brand/brand.ts';
import { labelOf, type PageContent } from './page-content.ts';
import { Placeholder } from './request-text.ts';

/** Statuses that may be gone at the next try. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whatever else a link could lead to could also run something. */
const HARMLESS_URL = /^(?:https?:|mailto:|tel:|\/(?![/\\]))/i;

/** The part of the view that is the same for all pages of a brand. Throws when a link leads somewhere else than allowed. */
export function brandView(brand: Brand): object {
  const links = contactLinks(brand.contact);
  for (const { url } of [...brand.links, ...links]) {
    if (!HARMLESS_URL.test(url))
      throw new Error(`The link ${JSON.stringify(url)} is neither http, https, mailto or tel nor a path`);
  }
  const { text = '' } = brand.contact;
  const hasContact = text !== '' || links.length > 0;
  return {
    brandName: brand.name,
    logo: brand.logo ?? '',
    links: brand.links,
    hasLinks: brand.links.length > 0,
    contact: { text, links },
    hasContact,
    hasFooter: hasContact || brand.links.length > 0,
  };
}

/** The part of the view that depends on the error. */
export function contentView(content: PageContent): object {
  const { status, title, detail, languageTag, direction, labels, requestTexts } = content;
  const details = requestTexts.filter((name) => name !== 'reference');
  return {
    ...{ status, title, detail, language: languageTag, direction, labels },
    canRetry: PASSING.has(status),
    reference: new Placeholder('reference'),
    hasReference: requestTexts.includes('reference'),
    details: details.map((name) => ({ label: labelOf(name, labels), value: new Placeholder(name) })),
    hasDetails: details.length > 0,
  };
}

function contactLinks({ email = '', phone = '', url = '' }: BrandContact): readonly BrandLink[] {
  return [
    { label: email, url: `mailto:${encodeURIComponent(email).replaceAll('%40', '@')}` },
    { label: phone, url: `tel:${phone.replaceAll(/[^+0-9]/g, '')}` },
    { label: url.replaceAll(/^https?:\/\/|\/$/gi, ''), url },
  ].filter(({ label }) => label !== '');
}
