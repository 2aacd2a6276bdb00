/**
 * Duty: what the kernel says about processes, for tests that must leave none (Linux).
 */
import { readFile } from 'node:fs/promises';

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
