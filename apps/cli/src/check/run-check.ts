/**
 * Duty: `gatehouse check`: every Problem of manifests, and an exit code for CI.
 */
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, oneOf, runCommand, type Command, type FlagTable, type ProgramContext } from '@gatehouse/flags';
import { inputFlags, readInput } from '../read-input.ts';
import { listFindings } from './finding.ts';
import { renderReport } from './report.ts';

const command = {
  name: 'gatehouse check',
  summary: 'Lists every Problem of manifests, with file and line; exit code 1 when one is at least as bad as --fail-on',
  flags: {
    ...inputFlags,
    format: oneOf(['text', 'json', 'sarif'], { default: 'text', summary: 'Form of the report' }),
    'fail-on': oneOf(['error', 'warning'], { default: 'error', summary: 'The least that makes the exit code 1' }),
  },
} as const satisfies Command<FlagTable>;

/** The report goes to standard output. */
export function runCheck(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    const input = await readInput(values, context.env['PATH'] ?? '');
    if (!input.ok) {
      context.stderr.write(input.error.map((reason) => `${command.name}: ${reason}\n`).join(''));
      return EXIT_USAGE;
    }
    const { read, resolution, bundle } = input.value;
    const findings = listFindings(read, [...resolution.problems, ...bundle.problems]);
    context.stdout.write(renderReport(values.format, findings));
    const fails = findings.some(({ severity }) => values.failOn === 'warning' || severity === 'error');
    return fails ? EXIT_FAILED : EXIT_OK;
  });
}
