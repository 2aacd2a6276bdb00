/**
 * Duty: `gatehouse policy …`: which of its commands it is.
 */
import { quoteFound } from '@gatehouse/core';
import { EXIT_OK, EXIT_USAGE, type ProgramContext } from '@gatehouse/flags';
import { runPolicyReport } from './run-policy-report.ts';
import { runPolicySuggest } from './run-policy-suggest.ts';

const HELP = `Usage: gatehouse policy COMMAND [flags]

Commands:
  report   List who uses hosts of others by a policy, before it is turned on
  suggest  Print a policy to begin with: each host to the namespace that alone uses it

gatehouse policy COMMAND --help tells more.
`;

export async function runPolicy(context: ProgramContext): Promise<number> {
  const [name, ...argv] = context.argv;
  if (name === 'report') return runPolicyReport({ ...context, argv });
  if (name === 'suggest') return runPolicySuggest({ ...context, argv });
  if (name === '--help' || name === '-h' || name === 'help') {
    context.stdout.write(HELP);
    return EXIT_OK;
  }
  const problem = name === undefined ? '' : `gatehouse policy: there is no command ${quoteFound(name)}\n`;
  context.stderr.write(`${problem}${HELP}`);
  return EXIT_USAGE;
}
