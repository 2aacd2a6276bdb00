import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { WORKSPACE_ROOT, type Server } from './suites.ts';

const BIN = join(WORKSPACE_ROOT, 'node_modules/.bin');

export interface Step {
  readonly title: string;
  /** A program of node_modules/.bin with its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a step with its output shown; tells whether it succeeded. */
export function runStep({ title, command: [program, ...args], env = {} }: Step): boolean {
  const started = performance.now();
  console.log(`\n=== ${title}`);
  const { status, error } = spawnSync(join(BIN, program), args, {
    cwd: WORKSPACE_ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NX_TUI: 'false', ...env },
  });
  if (error) console.error(error.message);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`=== ${title}: ${status === 0 ? 'good' : 'FAILED'} (${seconds} s)`);
  return status === 0;
}

const TITLES: Readonly<Record<Server, string>> = {
  nginx: 'real nginx',
  apiserver: 'real API server',
  chromium: 'real Chromium',
  docker: 'Docker',
  kind: 'kind cluster',
};

/** Runs the suites of e2e that need this. */
export function stepFor(server: Server): Step {
  return { title: TITLES[server], command: ['nx', 'run', `e2e:${server}`, '--output-style=stream'] };
}
