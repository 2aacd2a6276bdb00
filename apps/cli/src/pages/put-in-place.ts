/**
 * Duty: putting a directory in the place of another, so that there is a whole one whatever fails.
 */
import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { errorCode } from './error-code.ts';

/**
 * Lets `fresh` have the name `out`, and removes what had it. Throws when it cannot; then `out` is as it was. Both lie in one
 * directory.
 */
export async function putInPlace(fresh: string, out: string): Promise<void> {
  const before = `${fresh}-before`;
  // At once, one after the other: between these nobody who asks for `out` finds anything.
  const wasThere = renameIfThere(out, before);
  try {
    renameSync(fresh, out);
  } catch (error) {
    if (wasThere) renameSync(before, out);
    throw error;
  }
  await rm(before, { recursive: true, force: true });
}

function renameIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
