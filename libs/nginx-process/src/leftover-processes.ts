/**
 * Duty: finding and ending the nginx processes of a predecessor that was killed before it could end them. They still
 * hold the ports, and would remove our sockets when they end. Where there is no /proc nothing is found.
 *
 * Each nginx is a process group that its master leads, so that the workers are known even when the master is gone. Their
 * working directory would tell more, but root may not read that of another user's process in a container.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RuntimeLayout } from './runtime-layout.ts';
import { isSystemError } from './system-error.ts';

const GRACE_MS = 3_000;
const KILL_MS = 2_000;
const POLL_MS = 5;

/** Ends every nginx that runs for this runtime directory. Resolves with the ids of its processes. */
export async function endLeftovers(layout: RuntimeLayout): Promise<readonly number[]> {
  const group = await findLeftoverGroup(layout);
  if (group === undefined) return [];
  const members = await listGroup(group);
  signalAll(members, 'SIGTERM');
  if (!(await isGroupGoneWithin(group, GRACE_MS))) await killGroup(group);
  return members;
}

/** Ends by force all of nginx that is in a process group. */
export async function killGroup(group: number): Promise<void> {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error;
  }
  await isGroupGoneWithin(group, KILL_MS);
}

async function findLeftoverGroup({ directory, pidFile }: RuntimeLayout): Promise<number | undefined> {
  const processes = await listNginx();
  // As nginx-child starts it. nginx shows what it was started with in its title.
  const master = processes.find(({ title }) => title.startsWith(MASTER) && title.includes(` -p ${directory} `));
  if (master !== undefined) return master.group;
  // A master that was killed leaves its id behind. Where another process has that id now, nothing is known.
  const lastMaster = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  const isReused = lastMaster === 0 || (await readProc(`${lastMaster}/cmdline`)) !== '';
  return isReused || !processes.some(({ group }) => group === lastMaster) ? undefined : lastMaster;
}

const MASTER = 'nginx: master process ';

interface NginxProcessEntry {
  readonly id: number;
  /** Id of its process group. */
  readonly group: number;
  /** "nginx: master process …" or "nginx: worker process". */
  readonly title: string;
}

async function listNginx(): Promise<readonly NginxProcessEntry[]> {
  const names = await readdir('/proc').catch(() => []);
  const entries = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readEntry));
  return entries.filter((entry) => entry !== undefined);
}

/** Undefined for what is no nginx. The dead that nobody has collected have no title. */
async function readEntry(id: string): Promise<NginxProcessEntry | undefined> {
  const title = await readProc(`${id}/cmdline`);
  if (!title.startsWith('nginx: ')) return undefined;
  // proc(5): id, name in brackets, state, parent, group, …
  const stat = await readProc(`${id}/stat`);
  const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  return { id: Number(id), group, title };
}

async function listGroup(group: number): Promise<readonly number[]> {
  return (await listNginx()).filter((entry) => entry.group === group).map((entry) => entry.id);
}

async function isGroupGoneWithin(group: number, limitMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs;
  while ((await listGroup(group)).length > 0) {
    if (performance.now() > deadlineMs) return false;
    await delay(POLL_MS);
  }
  return true;
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

async function readProc(path: string): Promise<string> {
  return readFile(`/proc/${path}`, 'utf8').catch(() => '');
}
