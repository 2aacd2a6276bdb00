/**
 * Duty: the controller as a program: flags in, exit code out.
 */
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE, runCommand, type ProgramContext } from '@gatehouse/flags';
import { createLogger } from '@gatehouse/logging';
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

async function serveUntilAborted(config: ControllerConfig, { stderr, signal }: ProgramContext): Promise<number> {
  const logger = createLogger({ ...config.log, destination: stderr });
  try {
    const controller = await startController(config, { logger });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    logger.info('controller is shutting down');
    await controller.close();
    return EXIT_OK;
  } catch (error) {
    logger.error('controller failed', { error });
    return EXIT_FAILED;
  }
}
