/**
 * Duty: a core for the program that is measured, the others for whoever measures, and both before whatever else runs.
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

/**
 * Real time for this process and all that it starts from now on, so that nobody waits for what was started before: an API
 * server has a machine of its own where it matters. False where that is not allowed, or there is no `chrt`.
 */
export function goFirst(): boolean {
  const preferred = spawnSync('chrt', ['--all-tasks', '--rr', '--pid', '1', String(process.pid)]);
  return preferred.status === 0;
}
