/**
 * Duty: the controller as a program: flags in, exit code out.
 */
import { closeWithGrace, EXIT_OK, EXIT_USAGE, runCommand, type ProgramContext } from '@gatehouse/flags';
import { createLogger, logFailure } from '@gatehouse/logging';
// The bundle takes it in, so that one file is enough.
import manifest from '../package.json' with { type: 'json' };
import { startController } from './controller.ts';
import { controllerCommand, readControllerConfig, type ControllerConfig } from './flags.ts';

/** Runs until the signal. The answer is the exit code. */
export function runController(context: ProgramContext): Promise<number> {
  return runCommand(controllerCommand, context, (run) => {
    if (run.values.version) {
      context.stdout.write(`${controllerCommand.name} ${manifest.version}\n`);
      return Promise.resolve(EXIT_OK);
    }
    const config = readControllerConfig(run, context.env);
    if (config.ok) return serveUntilAborted(config.value, { ...context, warnings: run.warnings });
    context.stderr.write(config.error.map((reason) => `${controllerCommand.name}: ${reason}\n`).join(''));
    return Promise.resolve(EXIT_USAGE);
  });
}

interface ServingContext extends ProgramContext {
  /** What is to be said of flags that have no effect. */
  readonly warnings: readonly string[];
}

async function serveUntilAborted(config: ControllerConfig, context: ServingContext): Promise<number> {
  const { stderr, signal, cutOff, warnings } = context;
  const logger = createLogger({ ...config.log, destination: stderr });
  for (const warning of warnings) logger.warn('A flag of ingress-nginx is not needed or not there', { flag: warning });
  try {
    const controller = await startController(config, { logger, signal });
    const aborted = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const first = await Promise.race([controller.firstAttempt, aborted]);
    if (first?.kind === 'fault' && config.cluster === undefined) {
      // What hinders a first start seldom goes away by itself, and whoever started us sits before it. In a cluster it is
      // tried again for as long as it takes: to be not ready is enough.
      await controller.close(0);
      throw first.error;
    }
    await aborted;
    logger.info('controller is shutting down');
    await closeWithGrace((graceMs) => controller.close(graceMs), undefined, cutOff);
    return EXIT_OK;
  } catch (error) {
    // Nothing ran yet: it was still waited for the proxy.
    if (signal.aborted && error === signal.reason) return EXIT_OK;
    return logFailure(logger, error);
  }
}
