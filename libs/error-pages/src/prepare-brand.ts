/**
 * Duty: does once, for a brand, whatever does not depend on a request. Must not know HTTP.
 */
import { BoundedCache } from './bounded-cache.ts';
import type { Brand } from './brand/brand.ts';
import type { ErrorFacts } from './error-facts.ts';
import type { PageFormat } from './negotiation/page-format.ts';
import type { Language } from './negotiation/page-language.ts';
import type { PageContent } from './render/page-content.ts';
import { parseTemplate, type ParsedTemplate } from './render/parse-template.ts';
import {
  cutAtPlaceholders,
  fillPieces,
  namesIn,
  presenceOf,
  requestTexts,
  type PagePieces,
} from './render/request-text.ts';
import { prepareHtml } from './render/write-html.ts';
import { writeJson, writeProblem } from './render/write-json.ts';
import { ownWriter } from './render/write-own.ts';
import { writeText } from './render/write-text.ts';
import { writeXml } from './render/write-xml.ts';
import { asJson, asMarkup, asOneLine } from './text-safety.ts';
import { wordsFor, type WordsWanted } from './words/page-words.ts';
import { builtInTexts } from './words/texts.ts';

interface PageChoice {
  readonly format: PageFormat;
  readonly language: Language;
}

export interface PreparedBrand {
  readonly brand: Brand;
  /** Allows the pages' styles in a Content-Security-Policy: `'sha256-…'`, several with a space between. */
  readonly styleSource: string;
  /** The text of a page; its media type is the format, its charset UTF-8. */
  readonly renderPage: (facts: ErrorFacts, choice: PageChoice) => string;
}

/** What is made out of brands and kept; brands can share it, so that many of them take no more memory than one. */
export interface PageCaches {
  /** Pages that are ready but for the texts of a request. */
  readonly pieces: BoundedCache<PagePieces>;
  readonly templates: BoundedCache<ParsedTemplate>;
}

interface PageWriter {
  /** Writes a page with placeholders where text of a request goes. */
  readonly write: (content: PageContent) => string;
  readonly encode: (text: string) => string;
}

/**
 * Of some 100,000 pages that a brand could have few occur. Both bounds are characters of two bytes: about a hundred pages of
 * common size, and as tokens, which take ten times their text, two of the largest templates or many of common size.
 */
export function createPageCaches(): PageCaches {
  const PER_PAGE = 256;
  return {
    pieces: new BoundedCache({
      capacity: 512 * 1024,
      costOf: ({ constant }) => constant.reduce((sum, { length }) => sum + length, PER_PAGE),
    }),
    templates: new BoundedCache({ capacity: 128 * 1024, costOf: ({ source }) => source.length }),
  };
}

/**
 * Throws when the brand cannot be used: a colour or a link that is not what `Brand` says, or a `TemplateError`. A page is
 * written when it is asked for first, and kept without the texts of the request, which are all that is put in later.
 */
export function prepareBrand(brand: Brand, caches: PageCaches = createPageCaches()): PreparedBrand {
  const parse = (template: string) => caches.templates.get(template, () => parseTemplate(template));
  const html = prepareHtml(brand, parse);
  const { json, problem, xml, text } = brand.templates;
  const writer = (own: string | undefined, builtIn: PageWriter): PageWriter =>
    own === undefined ? builtIn : { ...builtIn, write: ownWriter(brand, own, { escape: builtIn.encode, parse }) };
  const writers: Readonly<Record<PageFormat, PageWriter>> = {
    'text/html': { write: html.write, encode: asMarkup },
    'application/json': writer(json, { write: writeJson, encode: asJson }),
    'application/problem+json': writer(problem, { write: writeProblem, encode: asJson }),
    'application/xml': writer(xml, { write: writeXml, encode: asMarkup }),
    'text/plain': writer(text, { write: writeText, encode: asOneLine }),
  };
  const kept = caches.pieces.part();
  return {
    brand,
    styleSource: html.styleSource,
    renderPage: (facts, { format, language }) => {
      const { status, reason } = facts;
      const texts = requestTexts(facts);
      const presence = presenceOf(texts);
      const { write, encode } = writers[format];
      // No text of a client is part of the key.
      const pieces = kept(`${format} ${language} ${status} ${reason ?? ''} ${presence}`, () =>
        cutAtPlaceholders(write(contentOf({ brand, status, reason, language, presence }))),
      );
      return fillPieces(pieces, texts, encode);
    },
  };
}

interface ContentWanted extends WordsWanted {
  readonly brand: Brand;
  readonly presence: number;
}

function contentOf({ brand, presence, ...wanted }: ContentWanted): PageContent {
  const { status, reason, language } = wanted;
  const { tag, direction, labels } = builtInTexts[language];
  const words = wordsFor(brand, wanted);
  return { ...words, status, reason, languageTag: tag, direction, labels, requestTexts: namesIn(presence) };
}
