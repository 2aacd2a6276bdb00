/**
 * Duty: writing the pages and what belongs to them into a directory that is there as a whole or not at all.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { compressPage } from './compress-page.ts';
import { errorCode } from './error-code.ts';
import { renderHttpSnippet, renderServerSnippet } from './nginx-snippets.ts';
import { renderPagesIndex } from './pages-index.ts';
import { putInPlace } from './put-in-place.ts';
import { staticPages, type FolderBrand } from './static-pages.ts';

export interface PagesToWrite {
  readonly brands: readonly FolderBrand[];
  readonly statuses: readonly number[];
  readonly out: string;
  /** Where the pages will lie on the server. */
  readonly root: string;
}

export interface WrittenPages {
  readonly pages: number;
  readonly files: number;
  readonly bytes: number;
  /** Bytes of the largest page. */
  readonly largest: number;
}

const serverSnippet = 'nginx-server.conf';

/** All that is in a directory that was written by this, and may be written over. */
const ownNames = ['pages', 'index.html', 'nginx-http.conf', serverSnippet];

/** As many pages at a time as there are threads that compress. */
const atATime = 4;

/**
 * Writes the pages to `out`, in place of those that an earlier run wrote there. The error is a clause about `out`: it is
 * refused when something else is there. Rejects when the disk does not take the files; then those from before are there.
 */
export async function writePages(wanted: PagesToWrite): Promise<Result<WrittenPages>> {
  const out = resolve(wanted.out);
  const before = await readdir(out).catch(nothingThere);
  if (before === undefined) return err('is no directory');
  const stranger = before.find((name) => !ownNames.includes(name));
  if (stranger !== undefined) return err(`has files that are no error pages, such as ${quoteFound(stranger)}`);
  await mkdir(dirname(out), { recursive: true });
  // Not mkdtemp, whose folders are for their owner alone: a server reads this one as somebody else.
  const fresh = `${out}-${randomBytes(4).toString('hex')}`;
  await mkdir(fresh);
  try {
    const written = await writeAll(wanted, fresh);
    await putInPlace(fresh, out);
    return ok(written);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

async function writeAll({ brands, statuses, root }: PagesToWrite, fresh: string): Promise<WrittenPages> {
  const folders = new Set<string>();
  const count = { pages: 0, files: 0, bytes: 0, largest: 0 };
  const write = async (path: string, content: Buffer | string): Promise<void> => {
    const folder = dirname(join(fresh, path));
    if (!folders.has(folder)) await mkdir(folder, { recursive: true });
    folders.add(folder);
    await writeFile(join(fresh, path), content);
    count.files += 1;
    count.bytes += content.length;
  };
  const pages = staticPages(brands, statuses);
  const writeNext = async (): Promise<void> => {
    for (const { path, text } of pages) {
      const content = Buffer.from(text);
      count.pages += 1;
      count.largest = Math.max(count.largest, content.length);
      await write(`pages/${path}`, content);
      for (const [ending, form] of await compressPage(content)) await write(`pages/${path}${ending}`, form);
    }
  };
  await Promise.all(Array.from({ length: atATime }, writeNext));
  await write('index.html', renderPagesIndex(brands, statuses));
  await write('nginx-http.conf', renderHttpSnippet(brands));
  await write(serverSnippet, renderServerSnippet({ brands, statuses, root }));
  return count;
}

/** Empty when there is nothing, undefined when it is no directory. */
function nothingThere(error: unknown): string[] | undefined {
  const code = errorCode(error);
  if (code === 'ENOENT') return [];
  if (code === 'ENOTDIR') return undefined;
  throw error;
}
