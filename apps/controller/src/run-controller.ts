/**
 * Duty: the controller as a program: flags in, exit code out.
 */
import { closeWithGrace, EXIT_OK, EXIT_USAGE, runCommand, type ProgramContext } from '@gatehouse/flags';
import { createLogger, logFailure } from '@gatehouse/logging';
import { startController } from './controller.ts';
import { controllerCommand, readControllerConfig, type ControllerConfig } from './flags.ts';

/** Runs until the signal. The answer is the exit code. */
export function runController(context: ProgramContext): Promise<number> {
  return runCommand(controllerCommand, context, ({ values }) => {
    const config = readControllerConfig(values, context.env);
    if (config.ok) return serveUntilAborted(config.value, context);
    context.stderr.write(config.error.map((reason) => `${controllerCommand.name}: ${reason}\n`).join(''));
    return Promise.resolve(EXIT_USAGE);
  });
}

async function serveUntilAborted(config: ControllerConfig, context: ProgramContext): Promise<number> {
  const { stderr, signal, cutOff } = context;
  const logger = createLogger({ ...config.log, destination: stderr });
  try {
    const controller = await startController(config, { logger });
    const aborted = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    const first = await Promise.race([controller.firstAttempt, aborted]);
    if (first?.kind === 'fault') {
      // What hinders a first start seldom goes away by itself; whoever supervises us may try again.
      await controller.close(0);
      throw first.error;
    }
    await aborted;
    logger.info('controller is shutting down');
    await closeWithGrace((graceMs) => controller.close(graceMs), undefined, cutOff);
    return EXIT_OK;
  } catch (error) {
    return logFailure(logger, error);
  }
}
