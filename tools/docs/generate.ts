/**
 * Duty: writes the generated pages of docs/.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pages, renderPage } from './pages.ts';

const root = join(import.meta.dirname, '..', '..');

for (const page of pages) {
  await writeFile(join(root, page.file), await renderPage(page));
}
