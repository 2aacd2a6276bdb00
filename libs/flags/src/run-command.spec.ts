import { describe, expect, it } from '@jest/globals';
import { integer } from './flag-kinds.ts';
import { EXIT_OK, EXIT_USAGE, runCommand } from './run-command.ts';

async function run(argv: readonly string[]) {
  const printed = { out: '', err: '' };
  const command = {
    name: 'gatehouse test',
    summary: 'Tests',
    flags: { port: integer({ default: 1, min: 1, max: 9, summary: 'Port' }) },
  };
  const exitCode = await runCommand(
    command,
    {
      argv,
      env: {},
      stdout: { write: (text) => (printed.out += text) },
      stderr: { write: (text) => (printed.err += text) },
      signal: new AbortController().signal,
    },
    ({ values }) => Promise.resolve(10 + values.port),
  );
  return { exitCode, ...printed };
}

describe('running a command', () => {
  it('does the work with the values and ends with its exit code', async () => {
    expect(await run(['--port=5'])).toEqual({ exitCode: 15, out: '', err: '' });
  });

  it('prints help and does no work', async () => {
    const { exitCode, out, err } = await run(['--help']);
    expect(exitCode).toBe(EXIT_OK);
    expect(out).toContain('Usage: gatehouse test');
    expect(err).toBe('');
  });

  it('prints each usage error on a line and does no work', async () => {
    expect(await run(['--port=x', '--prot=1'])).toEqual({
      exitCode: EXIT_USAGE,
      out: '',
      err: [
        'gatehouse test: unknown flag "--prot"; did you mean --port?',
        'gatehouse test: --port: "x" is not a whole number from 1 to 9',
        'Try gatehouse test --help',
        '',
      ].join('\n'),
    });
  });
});
