/**
 * Duty: the proxy as a program: flags in, exit code out.
 */
import { closeWithGrace, EXIT_OK, runCommand, type ProgramContext } from '@gatehouse/flags';
import { createLogger, logFailure } from '@gatehouse/logging';
import { proxyCommand, type ProxyFlags } from './command.ts';
import { startProxy } from './start-proxy.ts';

/** nginx' own limit (worker_shutdown_timeout) ends requests before this; it is for an nginx that hangs. */
const NGINX_GRACE_MS = 300_000;

/** Runs until the signal. The answer is the exit code. */
export function runProxy(context: ProgramContext): Promise<number> {
  return runCommand(proxyCommand, context, ({ values }) => serveUntilAborted(values, context));
}

async function serveUntilAborted(flags: ProxyFlags, context: ProgramContext): Promise<number> {
  const { stderr, signal, cutOff } = context;
  const logger = createLogger({ format: flags.logFormat, level: flags.logLevel, destination: stderr });
  try {
    const proxy = await startProxy({
      runtimeDir: flags.runtimeDir,
      nginxBinary: flags.nginxBinary,
      searchPath: context.env['PATH'] ?? '',
      health: { host: flags.healthzHost, port: flags.healthzPort },
      loopbackEndpoints: flags.loopbackEndpoints ? 'allowed' : 'refused',
      endpointDnsPort: flags.endpointDnsPort,
      shutdownGraceMs: flags.shutdownGracePeriod * 1000,
      logger,
    });
    logger.info('proxy started', { healthPort: proxy.healthPort });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    logger.info('proxy is shutting down');
    await closeWithGrace((graceMs) => proxy.close(graceMs), NGINX_GRACE_MS, cutOff);
    return EXIT_OK;
  } catch (error) {
    return logFailure(logger, error);
  }
}
