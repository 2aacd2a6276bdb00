import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from './suites.ts';

const BIN = join(WORKSPACE_ROOT, 'node_modules/.bin');

export interface Step {
  readonly title: string;
  /** A program of node_modules/.bin with its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** Runs a step with its output shown; tells whether it succeeded. */
export function runStep({ title, command: [program, ...args] }: Step): boolean {
  const started = performance.now();
  console.log(`\n=== ${title}`);
  const { status, error } = spawnSync(join(BIN, program), args, {
    cwd: WORKSPACE_ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NX_TUI: 'false' },
  });
  if (error) console.error(error.message);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`=== ${title}: ${status === 0 ? 'good' : 'FAILED'} (${seconds} s)`);
  return status === 0;
}

export const E2E: Step = { title: 'real nginx', command: ['nx', 'run', 'e2e:e2e', '--output-style=stream'] };
export const DOCKER: Step = { title: 'Docker', command: ['nx', 'run', 'e2e:docker', '--output-style=stream'] };
