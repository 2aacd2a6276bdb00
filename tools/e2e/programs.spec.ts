import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { capture, findObstacles } from './programs.ts';

describe('running a program', () => {
  it('keeps both of its outputs and its exit code', async () => {
    const outcome = await capture({ program: 'sh', args: ['-c', 'cat; echo two >&2; exit 3'], input: 'one\n' });
    expect(outcome).toEqual({ exitCode: 3, output: 'one\ntwo\n' });
  });

  it('tells a program that is missing by its exit code', async () => {
    expect(await capture({ program: 'no-such-program', args: [] })).toMatchObject({ exitCode: 127 });
  });

  it('ends the program and what it has started when it is called off', async () => {
    const interrupt = new AbortController();
    const running = capture({ program: 'sh', args: ['-c', 'sleep 60 & wait'], signal: interrupt.signal });
    setTimeout(() => interrupt.abort(), 50);
    // The pipe of the output ends only when the sleep has ended, too.
    expect(await running).toMatchObject({ output: '' });
  });

  it('does not let one begin that was called off before', async () => {
    const outcome = await capture({ program: 'sleep', args: ['60'], signal: AbortSignal.abort() });
    expect(outcome.exitCode).not.toBe(0);
  });
});

describe('what stands in the way of a cluster', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'programs-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is each program that is missing', async () => {
    writeFileSync(join(directory, 'kind'), '#!/bin/sh\n');
    chmodSync(join(directory, 'kind'), 0o755);
    expect(await findObstacles(directory)).toEqual([
      'docker is missing: it is in no directory of the PATH',
      'kubectl is missing: it is in no directory of the PATH',
    ]);
  });
});
