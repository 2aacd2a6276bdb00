/**
 * Duty: the keys of brand.yaml, declared once: checking, the JSON schema and the reference of the docs come from here.
 * Must not know files; what a text that names a file leads to is checked by who reads it.
 */
import { errorReasons } from '@gatehouse/core';
import type * as z from 'zod';
import { LANGUAGES } from '../negotiation/page-language.ts';
import { DESIGNS, type TemplateName } from './brand.ts';
import { maxLogoCharacters } from './encode-logo.ts';
import { leaf, list, mapOf, oneOf, section, wholeNumber, words } from './schema-leaves.ts';

const colour = leaf({ english: 'a colour such as #0b7a75', pattern: /^#(?:[0-9A-Fa-f]{3}){1,2}$/, max: 7 });
const link = leaf({
  english: 'an address that begins with https://, http://, mailto: or tel:, or a path such as /help',
  pattern: /^(?:https?:\/\/[^\s/\\?#]|mailto:[^\s]|tel:[+0-9]|\/(?![/\\]))[!#-;=?-~]*$/,
  max: 500,
});
const site = leaf({
  english: 'an address that begins with https:// or http://',
  pattern: /^https?:\/\/[^\s/\\?#][!#-;=?-~]*$/,
  max: 500,
});
const file = leaf({
  english: 'the name of a file below the brand directory, with / between folders and without ..',
  pattern: /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\p{Cc}\\]+$/u,
  max: 250,
});
const logo = leaf({
  english: 'an image file of the brand directory (svg, png, webp, jpeg, gif), a data: URI of such an image, or none',
  pattern:
    /^(?:none|data:image\/(?:svg\+xml|png|webp|jpeg|gif)[;,][!#-;=?-~]+|(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\p{Cc}\\:]+\.(?:svg|png|webp|jpe?g|gif))$/u,
  max: maxLogoCharacters,
});

const palette = section({
  background: colour.optional().meta({ description: 'The ground of the page', examples: ['#f6f7f9'] }),
  surface: colour
    .optional()
    .meta({ description: 'The ground of what lies on the page, such as a card', examples: ['#fff'] }),
  text: colour.optional().meta({ description: 'Text', examples: ['#1b2330'] }),
  muted: colour.optional().meta({ description: 'Text of less weight', examples: ['#55606f'] }),
  line: colour.optional().meta({ description: 'Lines and borders', examples: ['#dfe3e9'] }),
  accent: colour
    .optional()
    .meta({ description: 'The colour of the brand: the status, links, focus', examples: ['#2456c4'] }),
}).meta({ id: 'palette' });

const pageWords = section({
  title: words(120).optional().meta({ description: 'The headline' }),
  detail: words(600).optional().meta({ description: 'Why this may have happened and what the reader can do' }),
});

const selector = leaf({
  english: `a status (404), a class (4xx, 5xx) or a reason (${errorReasons.join(', ')})`,
  pattern: new RegExp(`^(?:[45][0-9]{2}|[45]xx|${errorReasons.join('|')})$`),
  max: 40,
});
const status = leaf({ english: 'a status from 400 to 599', pattern: /^[45][0-9]{2}$/, max: 3 });
const seconds = wholeNumber({ english: 'a whole number of seconds from 0 to 86400', min: 0, max: 86_400 });

const templates = section({
  html: file.optional().meta({ description: 'The page as HTML', examples: ['page.html'] }),
  json: file.optional().meta({ description: 'The page as `application/json`', examples: ['page.json'] }),
  problem: file.optional().meta({ description: 'The page as `application/problem+json`', examples: ['problem.json'] }),
  xml: file.optional().meta({ description: 'The page as `application/xml`', examples: ['page.xml'] }),
  text: file.optional().meta({ description: 'The page as `text/plain`', examples: ['page.txt'] }),
} satisfies Record<TemplateName, z.ZodType>);

const ownTexts = mapOf(selector, pageWords, 100).meta({ id: 'texts' }).optional().meta({
  description: 'By status (`404`), class (`4xx`, `5xx`) or reason (`no-endpoints`); a reason goes first, a class last',
});

type TextsShape = Record<(typeof LANGUAGES)[number], typeof ownTexts>;

const schemes = 'Colours as `#rgb` or `#rrggbb`, for readers who like it light and for those who like it dark';

const overridable = {
  name: words(80)
    .optional()
    .meta({
      description: 'The company, the product or the site. `--brand-name` is used when it is left out',
      examples: ['Café Meridian'],
    }),
  design: oneOf(DESIGNS)
    .optional()
    .meta({ description: 'How the pages look', examples: [DESIGNS[0]] }),
  logo: logo.optional().meta({
    description:
      'An image: a file of the brand directory (`.svg`, `.png`, `.webp`, `.jpeg`, `.gif`; at most 32 KiB) or a `data:` URI. `none` takes that of the whole brand away from a host or namespace',
    examples: ['logo.svg'],
  }),
  colours: section({
    light: palette.optional().meta({ description: schemes }),
    dark: palette.optional().meta({ description: schemes }),
  })
    .optional()
    .meta({ description: 'What is left out is the design’s own' }),
  links: list(
    section({
      label: words(60).meta({ description: 'What the reader sees', examples: ['Status'] }),
      url: link.meta({
        description: 'An address of `https:`, `http:`, `mailto:` or `tel:`, or a path of the same site',
        examples: ['https://status.example.com'],
      }),
    }),
    8,
  )
    .optional()
    .meta({ description: 'Links below the text, at most 8' }),
  contact: section({
    email: leaf({ english: 'an address such as help@example.com', pattern: /^[\w.+-]+@[A-Za-z0-9.-]+$/, max: 200 })
      .optional()
      .meta({ description: 'An address of electronic mail', examples: ['help@example.com'] }),
    phone: leaf({
      english: 'a telephone number such as +49 30 1234567',
      pattern: /^\+?[0-9][0-9 ()./-]*[0-9]$/,
      max: 40,
    })
      .optional()
      .meta({ description: 'A telephone number', examples: ['+49 30 1234567'] }),
    url: site.optional().meta({ description: 'A page of help', examples: ['https://help.example.com'] }),
    text: words(200).optional().meta({ description: 'Anything else, such as opening hours' }),
  })
    .optional()
    .meta({ description: 'Whom a reader can ask' }),
  texts: section(Object.fromEntries(LANGUAGES.map((language) => [language, ownTexts])) as TextsShape)
    .optional()
    .meta({ description: 'What differs from the built-in texts, by language' }),
  retryAfter: mapOf(status, seconds, 20)
    .optional()
    .meta({
      description: 'Seconds of the header `Retry-After` by status, before the flags `--retry-after-…`; 0 leaves it out',
      examples: [{ 503: 30 }],
    }),
  templates: templates.optional().meta({ description: 'Files of the brand directory in place of the built-in pages' }),
};

const overrides = section(overridable).meta({ id: 'overrides' });

const host = leaf({
  english: 'a host in lower case such as shop.example.com or *.example.com',
  pattern: /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  max: 253,
});
const namespace = leaf({ english: 'the name of a namespace', pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, max: 63 });

export const brandSchema = section({
  ...overridable,
  hosts: mapOf(host, overrides, 100).optional().meta({
    description:
      'What differs on a host (`shop.example.com`) or below one (`*.example.com`). An exact host goes first, then the longest suffix, then the namespace; only one of them counts',
  }),
  namespaces: mapOf(namespace, overrides, 100)
    .optional()
    .meta({ description: 'What differs for the Ingresses of a namespace' }),
});

/** What brand.yaml says about the whole brand, or about one host or namespace. */
export type BrandLayer = z.output<typeof overrides>;
export type BrandFile = z.output<typeof brandSchema>;
