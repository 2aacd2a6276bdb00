/**
 * Duty: files that are either whole or not there.
 */
import { randomBytes } from 'node:crypto';
import { chmod, chown, rename, rm, writeFile } from 'node:fs/promises';

/** Rights that a group shares. */
export interface GroupAccess {
  readonly mode: number;
  /** Its id. */
  readonly group: number;
}

/**
 * Writes beside the file, then renames. There is no fsync: after a crash of the machine everything is written anew
 * before nginx is started, so only readers of this very moment matter.
 */
export async function writeFileWhole(
  file: string,
  content: string | Uint8Array,
  access: GroupAccess | number,
): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    if (typeof access === 'number') await writeFile(beside, content, { mode: access });
    else {
      await writeFile(beside, content, { mode: 0o600 });
      await chown(beside, process.getuid?.() ?? 0, access.group);
      await chmod(beside, access.mode);
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
