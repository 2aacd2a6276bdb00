/**
 * Duty: how many files a process that we start may have open.
 */
import { readFile } from 'node:fs/promises';

/** The limit of this process, which its children inherit (Node lifts it as far as it may); undefined: no limit. */
export async function openFileLimit(): Promise<number | undefined> {
  // proc_pid_limits(5): name, soft limit, hard limit, unit, in columns.
  const limits = await readFile('/proc/self/limits', 'utf8');
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  return soft === undefined ? undefined : Number(soft);
}
