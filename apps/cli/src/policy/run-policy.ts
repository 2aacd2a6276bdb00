/**
 * Duty: `gatehouse policy …`: which of its commands it is.
 */
import type { ProgramContext } from '@gatehouse/flags';
import { runGroup, type CommandGroup } from '../command-group.ts';
import { runPolicyReport } from './run-policy-report.ts';
import { runPolicySuggest } from './run-policy-suggest.ts';

const commands: CommandGroup = new Map([
  ['report', { summary: 'List who uses hosts of others by a policy, before it is turned on', run: runPolicyReport }],
  [
    'suggest',
    { summary: 'Print a policy to begin with: each host to the namespace that alone uses it', run: runPolicySuggest },
  ],
]);

export function runPolicy(context: ProgramContext): Promise<number> {
  return runGroup('policy', commands, context);
}
