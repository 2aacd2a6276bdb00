/**
 * Duty: running a program to its end with its output kept. Must not know which.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

interface RunOptions {
  readonly directory: string;
  /** Called with each line of both outputs as it comes. */
  readonly onLine?: (line: string) => void;
}

/** The standard output. Throws when the program cannot be started or fails; the message ends with all that it printed. */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  { directory, onLine }: RunOptions,
): Promise<string> {
  const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  const all: string[] = [];
  const keep = (line: string, isOutput: boolean): void => {
    if (isOutput) output.push(line);
    all.push(line);
    onLine?.(line);
  };
  createInterface({ input: child.stdout }).on('line', (line) => keep(line, true));
  createInterface({ input: child.stderr }).on('line', (line) => keep(line, false));
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', (cause) => fail(new Error(`cannot run ${program}: ${cause.message}`, { cause })));
    child.on('close', done);
  });
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} failed (${String(code)}):\n${all.join('\n')}`);
  return output.join('\n');
}
