import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { WORKSPACE_ROOT } from '../test/suites.ts';

/** Without these there is no cluster to test in. */
const NEEDED = ['docker', 'kind', 'kubectl'];

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the program reads; nothing unless given. */
  readonly input?: string;
  /** Ends the program and all that it has started. */
  readonly signal?: AbortSignal;
}

export interface Outcome {
  readonly exitCode: number;
  /** Standard output and error, as they came. */
  readonly output: string;
}

/** Runs a program, with what it says shown as it comes (`show`) or kept (`capture`). A program that is missing exits with 127. */
export const show = (command: Command): Promise<Outcome> => run(command, 'inherit');
export const capture = (command: Command): Promise<Outcome> => run(command, 'pipe');

function run({ program, args, env = {}, input, signal }: Command, stdio: 'inherit' | 'pipe'): Promise<Outcome> {
  return new Promise((resolve) => {
    // A process group of its own: Ctrl-C reaches only us, and we end whatever the program has started.
    const child = spawn(program, [...args], {
      cwd: WORKSPACE_ROOT,
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', stdio, stdio],
      env: { ...process.env, ...env },
    });
    const stop = (): void => {
      if (child.pid !== undefined) signalGroup(child.pid);
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stdin?.on('error', () => undefined).end(input);
    const settle = (exitCode: number): void => {
      signal?.removeEventListener('abort', stop);
      resolve({ exitCode, output });
    };
    child.once('error', (error) => {
      output += error.message;
      settle(127);
    });
    child.once('close', (code) => settle(code ?? 1));
  });
}

function signalGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

/** What stands in the way of a cluster on this machine, as sentences; none when all is there. */
export async function findObstacles(searchPath: string): Promise<readonly string[]> {
  const isInstalled = (program: string): boolean =>
    searchPath.split(delimiter).some((folder) => isExecutable(folder, program));
  const missing = NEEDED.filter((program) => !isInstalled(program));
  const sentences = missing.map((program) => `${program} is missing: it is in no directory of the PATH`);
  if (missing.includes('docker')) return sentences;
  const { exitCode, output } = await capture({ program: 'docker', args: ['info', '--format', '{{.ServerVersion}}'] });
  return exitCode === 0 ? sentences : [...sentences, `Docker does not answer: ${output.trim()}`];
}

function isExecutable(folder: string, program: string): boolean {
  try {
    accessSync(join(folder, program), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
