/**
 * Duty: a page that is no HTML, from the brand's own template.
 */
import type { Brand } from '../brand/brand.ts';
import { compileTemplate, type CompileOptions } from './compile-template.ts';
import type { PageContent } from './page-content.ts';
import { brandView, contentView } from './page-view.ts';

/** Writes a page with placeholders where text of a request goes. Throws when the template cannot be used. */
export function ownWriter(
  brand: Brand,
  template: string,
  how: Pick<CompileOptions, 'escape' | 'parse'>,
): (content: PageContent) => string {
  const { render } = compileTemplate(template, { style: '', ...how });
  const ofBrand = { ...brandView(brand), policy: '' };
  return (content) => render({ ...ofBrand, ...contentView(content) });
}
