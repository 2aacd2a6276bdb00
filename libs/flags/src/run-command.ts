/**
 * Duty: what every command does before its own work: help, wrong usage, exit codes. Touches nothing but what it is given.
 */
import type { Command, FlagTable } from './command.ts';
import { parseFlags, type FlagInput, type Invocation } from './parse-flags.ts';
import { renderHelp } from './render-help.ts';

/** What a program gets from whoever starts it: the process, another program, or a test. */
export interface ProgramContext extends FlagInput {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Aborted when the program shall end. */
  readonly signal: AbortSignal;
  /** Aborted when it shall not even wait for requests that still run. */
  readonly cutOff?: AbortSignal;
}

/** Such as `process.stdout`. */
export interface TextSink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** All went well. */
export const EXIT_OK = 0;
/** The program could not do its work. */
export const EXIT_FAILED = 1;
/** The arguments or the environment were wrong; nothing was begun. */
export const EXIT_USAGE = 2;

type Run<T extends FlagTable> = Extract<Invocation<T>, { kind: 'run' }>;

/** Prints help (exit code 0) or every usage error (2), or does the work and gives its exit code. */
export async function runCommand<T extends FlagTable>(
  command: Command<T>,
  context: ProgramContext,
  work: (run: Run<T>) => Promise<number>,
): Promise<number> {
  const invocation = parseFlags(command, context);
  if (!invocation.ok) {
    const lines = invocation.error.map((problem) => `${command.name}: ${problem}\n`);
    context.stderr.write(`${lines.join('')}Try ${command.name} --help\n`);
    return EXIT_USAGE;
  }
  if (invocation.value.kind === 'help') {
    context.stdout.write(renderHelp(command));
    return EXIT_OK;
  }
  return work(invocation.value);
}
