import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pages, renderPage } from './pages.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the generated pages', () => {
  it.each(pages)('$file is what `npm run docs` writes', async (page) => {
    expect(await readFile(join(root, page.file), 'utf8')).toBe(await renderPage(page));
  });
});
