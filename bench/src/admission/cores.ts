/**
 * Duty: a core for the program that is measured, and the others for whoever measures.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The measured program gets this one. */
const CORE = 0;

/**
 * Moves this process, and all that it starts from now on, away from the core that is answered. Undefined, and nothing is
 * moved, where there is only one or no `taskset`.
 */
export function clearCore(): number | undefined {
  const cores = availableParallelism();
  if (cores < 2) return undefined;
  const others = `${CORE + 1}-${cores - 1}`;
  const moved = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', others, String(process.pid)]);
  return moved.status === 0 ? CORE : undefined;
}
