/**
 * Duty: `gatehouse render`: the nginx.conf that manifests lead to, on standard output.
 */
import { compareProblems, describeProblem } from '@gatehouse/core';
import { EXIT_FAILED, EXIT_OK, runCommand, type Command, type FlagTable, type ProgramContext } from '@gatehouse/flags';
import { describeManifestProblem } from '@gatehouse/manifests';
import { oneLine } from '../one-line.ts';
import { inputFlags, readInput } from '../read-input.ts';

const command = {
  name: 'gatehouse render',
  summary: 'Prints the nginx.conf that manifests or a cluster lead to, and on standard error what is wrong with them',
  details: `Exit code 0: printed, whatever Problems the objects have. 1: printed without the files that could not be read.
2: wrong usage, or a cluster that cannot be read.`,
  flags: inputFlags,
} as const satisfies Command<FlagTable>;

/** Exit code 0 when every file could be read, whatever Problems the objects have; else 1. */
export function runRender(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    const input = await readInput({ name: command.name, values }, context);
    if (!input.ok) return input.error;
    const { read, resolution, bundle } = input.value;
    const problems = [...resolution.problems, ...bundle.problems].sort(compareProblems);
    const lines = [...read.fileProblems.map(describeManifestProblem), ...problems.map(describeProblem)];
    context.stderr.write(lines.map((line) => `${oneLine(line)}\n`).join(''));
    context.stdout.write(bundle.files.get('nginx.conf') ?? '');
    return read.fileProblems.length === 0 ? EXIT_OK : EXIT_FAILED;
  });
}
