import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeNginxSandbox, type NginxSandbox } from '@gatehouse/testing';

let sandbox: NginxSandbox;
beforeEach(async () => {
  sandbox = await makeNginxSandbox();
});
afterEach(() => sandbox.remove());

/** Runs a process that opens its standard output by name, as nginx does, with what this module makes of its own. */
const PROGRAM = `
  import { spawn } from 'node:child_process';
  import { openAccessLogOutput } from ${JSON.stringify(join(import.meta.dirname, 'access-log-output.ts'))};
  const output = openAccessLogOutput(1, process.argv[1]);
  const child = spawn('/bin/sh', ['-c', 'echo by name > /dev/stdout'], { stdio: ['ignore', output.descriptor, 'inherit'] });
  output.release();
  child.on('exit', (code) => process.exitCode = code);
`;

function run(stdout: number | 'pipe', path = process.env['PATH']): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, sandbox.directory], {
    stdio: ['ignore', stdout, 'inherit'],
    env: { PATH: path },
  });
}

describe('the standard output of nginx', () => {
  it('can be opened by name although ours is a socket', async () => {
    const child = run('pipe');
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, text]).toEqual([0, 'by name\n']);
    expect(readdirSync(sandbox.directory)).toEqual([]);
  });

  it('is lost when ours is a socket and the machine has no programs to relay it, and can be opened all the same', async () => {
    const child = run('pipe', '/nowhere');
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, text]).toEqual([0, '']);
  });

  it('is ours when ours is a file', async () => {
    const file = join(sandbox.directory, 'out');
    const descriptor = openSync(file, 'a');
    const code = await new Promise((resolve) => run(descriptor).once('close', resolve));
    closeSync(descriptor);
    expect([code, readFileSync(file, 'utf8')]).toEqual([0, 'by name\n']);
    expect(readdirSync(sandbox.directory)).toEqual(['out']);
  });
});
