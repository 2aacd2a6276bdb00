import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const WORKSPACE = join(import.meta.dirname, '../..');
const MINUTES = '0.3';
/** Of a soak that hangs nothing but this frees the worker of the tests. */
const LIMIT_MS = 110_000;

describe('npm run soak', () => {
  it('changes everything, samples everything and loses nothing, for as long as it is told', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['bench/src/soak/main.ts', '--minutes', MINUTES, '--built'],
      { cwd: WORKSPACE, encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGKILL' },
    );
    expect([status, stderr, stdout]).toEqual([0, '', expect.any(String)]);
    expect(stdout.match(/^ +0\.\d min {2}controller, MiB \d+; /gm)).toHaveLength(20);
    expect(stdout).not.toMatch(/(MiB|master, descriptors|processes|on disk) 0\b/);
    expect(stdout).toMatch(/ that were lost \| ≤ 0 \| 0 \(of \d{3,}: /);
    expect(stdout).toMatch(/^\| configurations that nginx refused \| ≥ 1 \| [1-9]/m);
  }, 120_000);
});
