/**
 * Duty: who nginx' worker processes run as.
 */
import { readFile } from 'node:fs/promises';

/** Made by the packages of nginx.org, and by Debian. */
const USUAL_USERS = ['nginx', 'www-data'];

/**
 * The name for nginx' directive `user`, or undefined when we are not root, since nginx could not change its user then.
 * Throws when we are root and there is no user to change to: workers that run as root are nothing to fall back on.
 */
export async function findWorkerUser(named: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  // nginx takes the group of the same name.
  const known = await Promise.all(['/etc/passwd', '/etc/group'].map(readNames));
  const candidates = named === '' ? USUAL_USERS : [named];
  const user = candidates.find((name) => known.every((names) => names.has(name)));
  if (user !== undefined) return user;
  throw new Error(
    `no user and group ${candidates.join(' or ')} for nginx' worker processes; name one by --worker-user`,
  );
}

/** The id of a group of /etc/group; undefined when there is none of that name. */
export async function findGroupId(name: string): Promise<number | undefined> {
  const lines = (await readFile('/etc/group', 'utf8')).split('\n').map((line) => line.split(':'));
  const id = lines.find(([group]) => group === name)?.[2] ?? '';
  return /^\d{1,10}$/.test(id) ? Number(id) : undefined;
}

async function readNames(file: string): Promise<ReadonlySet<string>> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return new Set(lines.map((line) => line.split(':', 1)[0] ?? ''));
}
