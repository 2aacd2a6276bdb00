import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from './suites.ts';

const RESULTS = join(WORKSPACE_ROOT, 'dist/test-results');

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What the reporter of one jest run leaves behind. */
export interface RunResult extends Tally {
  readonly suites: readonly string[];
}

export function forgetResults(): void {
  rmSync(RESULTS, { recursive: true, force: true });
}

export function readResults(): RunResult[] {
  const files = globSync('**/*.json', { cwd: RESULTS }).sort();
  return files.map((file) => JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as RunResult);
}

/** Adds runs up. A suite that was expected and is in no run counts as one failure. */
export function tallyRuns(runs: readonly RunResult[], expected: readonly string[]): Tally & { missing: string[] } {
  const ran = new Set(runs.flatMap((run) => run.suites));
  const missing = expected.filter((suite) => !ran.has(suite));
  const sum = (count: keyof Tally): number => runs.reduce((total, run) => total + run[count], 0);
  return { passed: sum('passed'), failed: sum('failed') + missing.length, skipped: sum('skipped'), missing };
}

/** The closing line, alike for every way to run tests. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
