/**
 * Duty: `gatehouse policy suggest`: a policy to begin with, from who uses which host today.
 */
import { EXIT_OK, runCommand, type Command, type FlagTable, type ProgramContext } from '@gatehouse/flags';
import { namespacesByHost } from '@gatehouse/routing';
import { judgeOrigin, objectFlags, optionsOf, readObjects, refusal } from '../read-objects.ts';
import { suggestPolicy } from './suggest-policy.ts';

const command = {
  name: 'gatehouse policy suggest',
  summary: 'Prints a policy to begin with: each host to the namespace that alone uses it, in mode audit',
  details: `Exit code 0: printed. 2: wrong usage, or a cluster that cannot be read.

The objects are those of files (-f) or of a live cluster (--kubeconfig), which is only read. What is printed is the ConfigMap
of --policy-configmap, ingress-nginx/ingress-nginx-policy when that is left out: look it through, since whoever uses a
host today need not be who should. Hosts that several namespaces use are named in comments.`,
  flags: objectFlags,
} as const satisfies Command<FlagTable>;

const NAME = 'ingress-nginx/ingress-nginx-policy';

export function runPolicySuggest(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    const options = optionsOf(values);
    const problems = [...(options.ok ? [] : options.error), ...judgeOrigin(values)];
    if (!options.ok || problems.length > 0) return refusal(command, context.stderr, problems).error;
    const read = await readObjects(values, options.value);
    if (!read.ok) return refusal(command, context.stderr, [`the cluster: ${read.error}`]).error;
    const hosts = namespacesByHost(read.value.snapshot, options.value, Date.now());
    context.stdout.write(suggestPolicy(options.value.policyConfigMap ?? NAME, hosts));
    return EXIT_OK;
  });
}
