/**
 * Duty: running the command line within a test, and keeping what it prints.
 */
import { runCli } from './run-cli.ts';

export interface RecordedRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `gatehouse` with these arguments and an environment that is otherwise empty. */
export async function recordedRun(...argv: readonly string[]): Promise<RecordedRun> {
  const printed = { stdout: '', stderr: '' };
  const exitCode = await runCli({
    argv,
    env: {},
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    signal: new AbortController().signal,
  });
  return { exitCode, ...printed };
}
