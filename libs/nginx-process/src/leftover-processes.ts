/**
 * Duty: finding and ending the nginx processes of a predecessor that was killed before it could end them. They still
 * hold the ports, and would remove our sockets when they end.
 */
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError } from './system-error.ts';

const GRACE_MS = 3_000;
const POLL_MS = 10;

/**
 * Ends every nginx process whose working directory is this one: masters and workers, also workers whose master is
 * gone. Resolves with their ids. Where there is no /proc nothing is found.
 */
export async function endLeftovers(directory: string): Promise<readonly number[]> {
  const found = await findNginxIn(directory);
  if (found.length === 0) return found;
  signalAll(found, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < GRACE_MS; waitedMs += POLL_MS) {
    if ((await findNginxIn(directory)).length === 0) return found;
    await delay(POLL_MS);
  }
  signalAll(await findNginxIn(directory), 'SIGKILL');
  while ((await findNginxIn(directory)).length > 0) await delay(POLL_MS);
  return found;
}

/** Ids of the living nginx processes that work in the directory. */
export async function findNginxIn(directory: string): Promise<readonly number[]> {
  const wanted = await realpath(directory);
  const ids = (await listProcessIds()).filter((id) => id !== process.pid);
  const matches = await Promise.all(ids.map((id) => isNginxIn(id, wanted)));
  return ids.filter((_, index) => matches[index]);
}

async function listProcessIds(): Promise<readonly number[]> {
  try {
    return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

/** nginx names its processes "nginx: master process …" and "nginx: worker process". A zombie has no such name. */
async function isNginxIn(id: number, directory: string): Promise<boolean> {
  try {
    const title = await readFile(`/proc/${id}/cmdline`, 'utf8');
    return title.startsWith('nginx: ') && (await readlink(`/proc/${id}/cwd`)) === directory;
  } catch {
    return false;
  }
}

function signalAll(ids: readonly number[], signal: NodeJS.Signals): void {
  for (const id of ids) {
    try {
      process.kill(id, signal);
    } catch (error) {
      if (!isSystemError(error, 'ESRCH')) throw error;
    }
  }
}
