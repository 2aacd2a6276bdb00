/**
 * Duty: `gatehouse policy report`: who uses hosts of others, before host ownership is enforced.
 */
import {
  EXIT_FAILED,
  EXIT_OK,
  oneOf,
  runCommand,
  text,
  type Command,
  type FlagTable,
  type ProgramContext,
} from '@gatehouse/flags';
import { reportOwnership } from '@gatehouse/routing';
import { judgeOrigin, objectFlags, optionsOf, refusal } from '../read-objects.ts';
import { renderPolicyReport } from './policy-report.ts';
import { readPolicyInput } from './read-policy-input.ts';

const command = {
  name: 'gatehouse policy report',
  summary: 'Lists who uses hosts of others by a policy, as if it were enforced, before it is turned on',
  details: `Exit code 0: nobody uses a host of others. 1: somebody does, or something could not be read. 2: wrong usage, or a cluster
that cannot be read.

The objects are those of files (-f) or of a live cluster (--kubeconfig), which is only read, with your own rights:
Ingresses, IngressClasses, Services, EndpointSlices, Namespaces, the Secrets that Ingresses name, and ConfigMaps.
The policy is a ConfigMap: the one of --policy-configmap among the objects, or that of --policy, which need not be applied.
docs/host-ownership.md says what it can hold.`,
  flags: {
    policy: text({
      default: '',
      placeholder: 'FILE',
      summary: 'File with the ConfigMap of the policy, or standard input (-); instead of one that is applied',
    }),
    ...objectFlags,
    format: oneOf(['text', 'json'], { default: 'text', summary: 'Form of the report' }),
  },
} as const satisfies Command<FlagTable>;

/** The report goes to standard output. */
export function runPolicyReport(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    const refuse = (problems: readonly string[]): number => refusal(command, context.stderr, problems).error;
    const options = optionsOf(values);
    const problems = [...(options.ok ? [] : options.error), ...judgeOrigin(values)];
    if (!options.ok || problems.length > 0) return refuse(problems);
    const input = await readPolicyInput(values, options.value, values.policy);
    if (!input.ok) return refuse([input.error]);
    const { read, snapshot, options: withPolicy } = input.value;
    const report = reportOwnership(snapshot, withPolicy, Date.now());
    const { fileProblems } = read;
    context.stdout.write(renderPolicyReport(values.format, { ...report, fileProblems, malformed: snapshot.problems }));
    const isClean = [report.offenders, report.problems, fileProblems, snapshot.problems].every(
      ({ length }) => length === 0,
    );
    return isClean ? EXIT_OK : EXIT_FAILED;
  });
}
