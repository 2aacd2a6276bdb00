/**
 * Duty: what a brand is: all that an operator sets about the pages, checked already.
 */
import type { ErrorReason } from '../error-reason.ts';
import type { Language } from '../negotiation/page-language.ts';
import type { PageWords } from '../words/page-words.ts';

/** How a page looks. */
export const DESIGNS = ['card', 'split', 'letter'] as const;

export type Design = (typeof DESIGNS)[number];

/** The formats by short names, as brand.yaml has them. */
export const TEMPLATE_NAMES = ['html', 'json', 'problem', 'xml', 'text'] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];

export interface Brand {
  /** The company, the product or the site; plain text. */
  readonly name: string;
  /** A `data:` URI of an image; none shows the name alone. */
  readonly logo?: string | undefined;
  readonly design: Design;
  /** Those left out are the design's own. */
  readonly colours: { readonly light: Partial<Palette>; readonly dark: Partial<Palette> };
  readonly links: readonly BrandLink[];
  readonly contact: BrandContact;
  /** What differs from the built-in texts. */
  readonly texts: Readonly<Partial<Record<Language, BrandTexts>>>;
  /** Seconds of the header Retry-After by status (`503`); 0 for none. */
  readonly retryAfter: Readonly<Record<string, number>>;
  /** Mustache templates in place of the built-in pages. */
  readonly templates: Readonly<Partial<Record<TemplateName, string>>>;
}

/** Colours as `#rgb` or `#rrggbb`. */
export interface Palette {
  /** The ground of the page. */
  readonly background: string;
  /** The ground of what lies on the page, such as a card. */
  readonly surface: string;
  readonly text: string;
  /** Text of less weight; still has to be read on background and surface. */
  readonly muted: string;
  /** Lines and borders. */
  readonly line: string;
  /** The brand's colour: the status, links, focus; has to be read on background and surface. */
  readonly accent: string;
}

export interface BrandLink {
  readonly label: string;
  /** http, https, mailto or tel. */
  readonly url: string;
}

/** Whom a reader can ask; each is shown if it is there. */
export interface BrandContact {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly url?: string | undefined;
  readonly text?: string | undefined;
}

/** Texts of one language; a reason's go before a status'. */
interface BrandTexts {
  /** By status (`404`) or class (`4xx`, `5xx`). */
  readonly statuses?: Readonly<Record<string, Partial<PageWords>>> | undefined;
  readonly reasons?: Readonly<Partial<Record<ErrorReason, Partial<PageWords>>>> | undefined;
}
