/**
 * Duty: `gatehouse check`: every Problem of manifests, and an exit code for CI.
 */
import {
  EXIT_FAILED,
  EXIT_OK,
  oneOf,
  runCommand,
  type Command,
  type FlagTable,
  type ProgramContext,
} from '@gatehouse/flags';
import { inputFlags, readInput } from '../read-input.ts';
import { listFindings } from './finding.ts';
import { isForCluster } from './for-cluster.ts';
import { renderReport } from './report.ts';

const command = {
  name: 'gatehouse check',
  summary: 'Lists every Problem of manifests, with file and line, or of a cluster',
  details: `Exit code 0: nothing as bad as --fail-on was found. 1: something was. 2: wrong usage, or a cluster that cannot be read.

What manifests name must be among them: give every directory with -f. Only endpoints may be missing, since the cluster
makes those of a Service with a selector.

With --kubeconfig, or --apiserver-host, the objects of that cluster are checked as they are now. They are only read, with
your own rights: Ingresses, IngressClasses, Services and EndpointSlices, the Secrets that Ingresses name, the ConfigMaps
that flags name.`,
  flags: {
    ...inputFlags,
    format: oneOf(['text', 'json', 'sarif'], { default: 'text', summary: 'Form of the report' }),
    'fail-on': oneOf(['error', 'warning'], { default: 'error', summary: 'The least that makes the exit code 1' }),
  },
} as const satisfies Command<FlagTable>;

/** The report goes to standard output. */
export function runCheck(context: ProgramContext): Promise<number> {
  return runCommand(command, context, async ({ values }) => {
    const input = await readInput({ name: command.name, values }, context);
    if (!input.ok) return input.error;
    const { read, resolution, bundle } = input.value;
    const problems = [...resolution.problems, ...bundle.problems];
    const findings = listFindings(
      read,
      problems.filter((problem) => read.origin === 'cluster' || !isForCluster(problem, read.snapshot)),
    );
    const ingresses = { found: read.snapshot.ingresses.size, served: resolution.served.length };
    const { malformedObjects } = read.manifests;
    context.stdout.write(renderReport(values.format, { findings, ingresses, malformedObjects }));
    const fails = findings.some(({ severity }) => values.failOn === 'warning' || severity === 'error');
    return fails ? EXIT_FAILED : EXIT_OK;
  });
}
