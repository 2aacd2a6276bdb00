/**
 * Duty: the processes below an nginx master, as /proc tells of them. Where there is no /proc there are none.
 */
import { readFile } from 'node:fs/promises';

/** Ids of all that a process has begun and that lives, or was not collected yet. */
export async function listChildren(parent: number): Promise<readonly number[]> {
  const children = await readProc(`${parent}/task/${parent}/children`);
  return children.split(' ').filter(Boolean).map(Number);
}

/** `gone` is also what was never an nginx. nginx renames a worker when it stops to listen. */
export async function workerState(worker: number): Promise<'draining' | 'gone' | 'listening'> {
  const title = await readProc(`${worker}/cmdline`);
  if (!title.startsWith('nginx: ')) return 'gone';
  return title.includes('shutting down') ? 'draining' : 'listening';
}

async function readProc(path: string): Promise<string> {
  return readFile(`/proc/${path}`, 'utf8').catch(() => '');
}
