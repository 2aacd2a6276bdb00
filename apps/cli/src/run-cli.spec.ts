import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { recordedRun } from './recorded-run.ts';

const COMMANDS = ['start', 'controller', 'admission-webhook', 'default-backend', 'render', 'check', 'pages', 'policy'];
/** These have commands of their own. */
const GROUPS = ['pages', 'policy'];
const FLAGGED = COMMANDS.filter((name) => !GROUPS.includes(name));

describe('gatehouse', () => {
  it.each([['--help'], ['-h'], ['help']])('lists every command on %s', async (argument) => {
    const { exitCode, stdout, stderr } = await recordedRun(argument);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.match(/^ {2}\S+/gm)?.map((line) => line.trim())).toEqual(COMMANDS);
  });

  it('lists them on standard error, as wrong usage, when none is named', async () => {
    const { exitCode, stdout, stderr } = await recordedRun();
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe((await recordedRun('--help')).stdout);
  });

  it.each([
    ['chek', 'gatehouse: there is no command "chek"; did you mean check?\n'],
    ['contoller', 'gatehouse: there is no command "contoller"; did you mean controller?\n'],
    ['Render', 'gatehouse: there is no command "Render"; did you mean render?\n'],
    ['deploy-to-mars', 'gatehouse: there is no command "deploy-to-mars"; gatehouse --help lists them\n'],
    ['--verbose', 'gatehouse: there is no command "--verbose"; gatehouse --help lists them\n'],
    ['toString', 'gatehouse: there is no command "toString"; gatehouse --help lists them\n'],
    ['\u001b[2J', 'gatehouse: there is no command "\\u001b[2J"; gatehouse --help lists them\n'],
  ])('does not know the command %j', async (name, sentence) => {
    expect(await recordedRun(name)).toEqual({ exitCode: 2, stdout: '', stderr: sentence });
  });

  it.each(GROUPS)('lists the commands of %s, and knows no other', async (name) => {
    const help = await recordedRun(name, '--help');
    expect([help.exitCode, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toMatch(new RegExp(`^Usage: gatehouse ${name} COMMAND \\[flags\\]\n\nCommands:\n  [a-z]`));
    expect(await recordedRun(name)).toEqual({ exitCode: 2, stdout: '', stderr: help.stdout });
    const unknown = await recordedRun(name, 'toString');
    expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toBe(`gatehouse ${name}: there is no command "toString"\n${help.stdout}`);
  });

  it.each(FLAGGED)('prints the help of %s with exit code 0, even beside wrong flags', async (name) => {
    const { exitCode, stdout, stderr } = await recordedRun(name, '--no-such-flag', '--help');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: gatehouse ${name} \\[flags\\]\n\n[A-Z]`));
  });

  it.each(FLAGGED)('takes an unknown flag of %s as wrong usage', async (name) => {
    const { exitCode, stdout, stderr } = await recordedRun(name, '--log-formt=json', '--compatibilty=x');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`gatehouse ${name}: unknown flag "--log-formt"`);
    expect(stderr).toContain(`gatehouse ${name}: unknown flag "--compatibilty"`);
    expect(stderr).toMatch(new RegExp(`Try gatehouse ${name} --help\n$`));
  });

  it.each([['--version'], ['version']])('prints the version of the workspace on %s', async (argument) => {
    const { exitCode, stdout } = await recordedRun(argument);
    const root = readFileSync(resolve(import.meta.dirname, '../../../package.json'), 'utf8');
    const { version } = JSON.parse(root) as { version: string };
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^gatehouse \S+ \((?:nginx \d+\.\d+\.\d+, \/\S+|no nginx found)\)\n$/);
    expect(stdout.split(' ')[1]).toBe(version);
  });
});
