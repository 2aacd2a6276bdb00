/**
 * Duty: what the kernel says about processes, for tests that must leave none (Linux).
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The master of the nginx that runs in this directory. Throws when none has begun to. */
export function masterIn(runtimeDirectory: string): number {
  return Number(readFileSync(join(runtimeDirectory, 'proxy/nginx.pid'), 'utf8'));
}

/** The processes of that master, dead ones as well, as the kernel lists them: the same workers are the same text. */
export function workersIn(runtimeDirectory: string): string {
  const id = masterIn(runtimeDirectory);
  return readFileSync(`/proc/${id}/task/${id}/children`, 'utf8');
}

/** Those of the processes that live. The dead that nobody has collected have no command line. */
export async function livingProcesses(ids: readonly number[]): Promise<readonly number[]> {
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, index) => lines[index] !== '');
}

/** A process and its living children. */
export async function processWithChildren(id: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${id}/task/${id}/children`, 'utf8');
  return livingProcesses([id, ...children.split(' ').filter(Boolean).map(Number)]);
}
