/**
 * Duty: a symbolic link that is changed in one step.
 */
import { randomBytes } from 'node:crypto';
import { rename, rm, symlink } from 'node:fs/promises';

/** Makes `link` lead to `target`, wherever it led before. */
export async function linkTo(link: string, target: string): Promise<void> {
  const beside = `${link}.${randomBytes(6).toString('hex')}.part`;
  try {
    await symlink(target, beside);
    await rename(beside, link);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
