/**
 * Duty: the default backend as a program, from its arguments to its exit code.
 */
import { closeWithGrace, EXIT_FAILED, EXIT_OK, runCommand, type ProgramContext } from '@gatehouse/flags';
import { createLogger } from '@gatehouse/logging';
import { defaultBackendCommand, type DefaultBackendFlags } from './command.ts';
import { startDefaultBackend } from './start.ts';

/** Serves until the signal is aborted. The answer is the exit code. */
export function runDefaultBackend(context: ProgramContext): Promise<number> {
  return runCommand(defaultBackendCommand, context, ({ values }) => serveUntilAborted(values, context));
}

async function serveUntilAborted(
  flags: DefaultBackendFlags,
  { stdout, stderr, signal, cutOff }: ProgramContext,
): Promise<number> {
  const logger = createLogger({ format: flags.logFormat, level: flags.logLevel, destination: stderr });
  const accessLogger = flags.accessLog
    ? createLogger({ format: 'json', level: 'info', destination: stdout })
    : undefined;
  try {
    const serving = await startDefaultBackend({ ...flags, logger, accessLogger });
    logger.info('default backend is listening', { port: serving.port, healthPort: serving.healthPort });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await closeWithGrace((graceMs) => serving.close(graceMs), flags.shutdownGracePeriod, cutOff);
    logger.info('default backend has ended');
    return EXIT_OK;
  } catch (error) {
    logger.error('default backend failed', { error });
    return EXIT_FAILED;
  }
}
