/**
 * Duty: a page as HTML, from the brand's own template or the built-in one.
 */
import { createHash } from 'node:crypto';
import type { Brand } from '../brand/brand.ts';
import { pageStyle } from '../designs/page-style.ts';
import { compileTemplate, type CompileOptions } from './compile-template.ts';
import type { PageContent } from './page-content.ts';
import { pageTemplate } from './page-template.ts';
import { brandView, contentView } from './page-view.ts';

export interface PreparedHtml {
  /** See `PreparedBrand`. */
  readonly styleSource: string;
  /** Writes a page with placeholders where text of a request goes. */
  readonly write: (content: PageContent) => string;
}

/** Throws when a colour, a link or the template of the brand cannot be used. */
export function prepareHtml(brand: Brand, parse: CompileOptions['parse']): PreparedHtml {
  const style = pageStyle(brand);
  const { render, styles } = compileTemplate(brand.templates.html ?? pageTemplate, { style, parse });
  const styleSource = styles.length === 0 ? "'none'" : [...new Set(styles)].map(hashSource).join(' ');
  const ofBrand = { ...brandView(brand), policy: policyWith(styleSource) };
  return { styleSource, write: (content) => render({ ...ofBrand, ...contentView(content) }) };
}

/** For pages that are served as files, by whom nobody knows; the default backend sends it as a header as well. */
function policyWith(styleSource: string): string {
  return `default-src 'none'; style-src ${styleSource}; img-src data:; base-uri 'none'; form-action 'none'`;
}

function hashSource(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}
