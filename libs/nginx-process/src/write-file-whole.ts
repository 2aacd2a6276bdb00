/**
 * Duty: files that are either whole or not there.
 */
import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes beside the file, then renames. There is no fsync: after a crash of the machine everything is written anew
 * before nginx is started, so only readers of this very moment matter.
 */
export async function writeFileWhole(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await writeFile(beside, content, { mode });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
