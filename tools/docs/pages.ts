/**
 * Duty: which files of docs/ are generated, and their text as it stands on the disk.
 */
import { renderAnnotationsPage, renderAnnotationsSchema, renderConfigmapPage } from '@gatehouse/annotations';
import { renderProblemsPage } from '@gatehouse/core';
import { renderFaultTable } from '@gatehouse/e2e/fault-table';
import { renderBrandReference, renderBrandSchema } from '@gatehouse/error-pages';
import { format } from 'prettier';
import { renderFlagsPage } from './flags-page.ts';

export interface Page {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly render: () => string;
}

export const pages: readonly Page[] = [
  { file: 'docs/annotations.md', render: renderAnnotationsPage },
  { file: 'docs/annotations.schema.json', render: () => renderAnnotationsSchema('nginx.ingress.kubernetes.io') },
  { file: 'docs/brand-yaml.md', render: renderBrandReference },
  { file: 'docs/brand.schema.json', render: renderBrandSchema },
  { file: 'docs/configmap.md', render: renderConfigmapPage },
  { file: 'docs/flags.md', render: renderFlagsPage },
  { file: 'docs/problems.md', render: renderProblemsPage },
  { file: 'docs/reliability.md', render: renderFaultTable },
];

/** The text of a page, formatted as `npm run format` would. */
export async function renderPage({ file, render }: Page): Promise<string> {
  return format(render(), { filepath: file, printWidth: 120, singleQuote: true });
}
