/**
 * Duty: which generation is the current one. Reads only.
 */
import { readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDigest } from './digest.ts';
import type { RuntimeLayout } from './runtime-layout.ts';
import { isSystemError } from './system-error.ts';

/** The digest that `current` leads to; undefined when there is no such link, or it leads elsewhere. */
export async function readCurrent({ current }: RuntimeLayout): Promise<string | undefined> {
  try {
    const name = basename(await readlink(current));
    return isDigest(name) ? name : undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
