/**
 * Duty: the admission webhook as a program, from its arguments to its exit code.
 */
import { closeWithGrace, EXIT_OK, EXIT_USAGE, runCommand, type ProgramContext } from '@gatehouse/flags';
import { createLogger, logFailure, StartError, systemClock } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import { routingOptionsForCluster, routingOptionsForFiles, type RoutingOptions } from '@gatehouse/routing';
import { openClusterWorld } from './cluster-world.ts';
import { followClientAuthority, type ClientAuthority } from './clients/client-authority.ts';
import { admissionWebhookCommand, type AdmissionWebhookFlags } from './command.ts';
import { openIdentity } from './identity/open-identity.ts';
import { serveAdmission, startAdmissionWebhook } from './start.ts';

/** Serves until the signal is aborted. The answer is the exit code. */
export function runAdmissionWebhook(context: ProgramContext): Promise<number> {
  return runCommand(admissionWebhookCommand, context, ({ values }) => {
    const routing = values.manifests.length > 0 ? routingOptionsForFiles(values) : routingOptionsForCluster(values);
    if (routing.ok) return serveUntilAborted(values, routing.value, context);
    context.stderr.write(routing.error.map((problem) => `${admissionWebhookCommand.name}: ${problem}\n`).join(''));
    return Promise.resolve(EXIT_USAGE);
  });
}

async function serveUntilAborted(
  flags: AdmissionWebhookFlags,
  routing: RoutingOptions,
  { env, stderr, signal, cutOff }: ProgramContext,
): Promise<number> {
  const logger = createLogger({ format: flags.logFormat, level: flags.logLevel, destination: stderr });
  try {
    const identity = await openIdentity({ flags, env, logger });
    const common = {
      ...flags,
      identity,
      ...(await clientsOf(flags, logger)),
      intake: { reviewTimeoutMs: flags.reviewTimeout, maxConcurrentReviews: flags.maxConcurrentReviews },
      pod: { namespace: env['POD_NAMESPACE'] ?? '', name: env['POD_NAME'] ?? '' },
      routing,
      logger,
    };
    const webhook =
      flags.manifests.length > 0
        ? await startAdmissionWebhook(common)
        : await serveAdmission({
            ...common,
            world: await openClusterWorld({ flags, routing, env, logger }),
            worldIsKnown: 'later',
          });
    logger.info('admission webhook is listening', { port: webhook.port, healthPort: webhook.healthPort });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await closeWithGrace((graceMs) => webhook.close(graceMs), flags.shutdownGracePeriod, cutOff);
    logger.info('admission webhook has ended');
    return EXIT_OK;
  } catch (error) {
    return logFailure(logger, error);
  }
}

/** Throws a StartError when the flags contradict each other, or there is no authority to go by. */
async function clientsOf(
  { clientCaFile: file, clientNames: names }: AdmissionWebhookFlags,
  logger: Logger,
): Promise<{ readonly clients?: ClientAuthority }> {
  if (file !== '') return { clients: await followClientAuthority({ file, names, clock: systemClock, logger }) };
  if (names.length === 0) return {};
  throw new StartError('--client-names means nothing without --client-ca-file', { exitCode: EXIT_USAGE });
}
