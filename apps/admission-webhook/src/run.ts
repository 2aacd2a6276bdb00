/**
 * Duty: the admission webhook as a program, from its arguments to its exit code.
 */
import { closeWithGrace, EXIT_FAILED, EXIT_OK, EXIT_USAGE, runCommand, type ProgramContext } from '@gatehouse/flags';
import { createLogger } from '@gatehouse/logging';
import { routingOptionsForFiles, type RoutingOptions } from '@gatehouse/routing';
import { admissionWebhookCommand, type AdmissionWebhookFlags } from './command.ts';
import { startAdmissionWebhook } from './start.ts';

/** Serves until the signal is aborted. The answer is the exit code. */
export function runAdmissionWebhook(context: ProgramContext): Promise<number> {
  return runCommand(admissionWebhookCommand, context, ({ values }) => {
    const routing = routingOptionsForFiles(values);
    const problems = routing.ok ? [] : [...routing.error];
    if (values.manifests.length === 0) problems.push('--manifests: give the directory of YAML files to judge by');
    if (routing.ok && problems.length === 0) return serveUntilAborted(values, routing.value, context);
    context.stderr.write(problems.map((problem) => `${admissionWebhookCommand.name}: ${problem}\n`).join(''));
    return Promise.resolve(EXIT_USAGE);
  });
}

async function serveUntilAborted(
  flags: AdmissionWebhookFlags,
  routing: RoutingOptions,
  { stderr, signal, cutOff }: ProgramContext,
): Promise<number> {
  const logger = createLogger({ format: flags.logFormat, level: flags.logLevel, destination: stderr });
  try {
    const webhook = await startAdmissionWebhook({ ...flags, routing, logger });
    logger.info('admission webhook is listening', { port: webhook.port, healthPort: webhook.healthPort });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await closeWithGrace((graceMs) => webhook.close(graceMs), flags.shutdownGracePeriod, cutOff);
    logger.info('admission webhook has ended');
    return EXIT_OK;
  } catch (error) {
    logger.error('admission webhook failed', { error });
    return EXIT_FAILED;
  }
}
