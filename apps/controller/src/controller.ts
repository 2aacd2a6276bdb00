/**
 * Duty: putting the parts of the controller together and ending them in order. Must not know what any of them does.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createHealthApp, createHttpServer, createMetricsRegistry, type HttpServer } from '@gatehouse/http';
import { ManifestSource } from '@gatehouse/manifests';
import { createRenderer } from '@gatehouse/nginx';
import { createNginxProcess, findNginx, readCapabilities } from '@gatehouse/nginx-process';
import { createPipeline, type Logger, type Pipeline, type Round } from '@gatehouse/pipeline';
import { createResolver } from '@gatehouse/routing';
import type { ControllerConfig } from './flags.ts';
import { createFileModeSinks } from './file-mode-sinks.ts';
import { openFileLimit } from './open-file-limit.ts';
import { machineResolvers } from './resolvers.ts';
import { createRoundBoard, type FirstAttempt, type RoundBoard } from './round-board.ts';
import { systemClock } from './system-clock.ts';
import { findWorkerUser } from './worker-user.ts';

export interface RunningController {
  readonly healthPort: number;
  /** What the first attempt to serve came to; after a fault there are others. */
  readonly firstAttempt: Promise<FirstAttempt>;
  /** Calls `listener` after every later round. */
  onRound(listener: (round: Round) => void): void;
  /**
   * Readiness off, the grace period, then watching and nginx end; nothing of it is left. Requests that still run after
   * `requestGraceMs` are cut off; left out, they have what the settings give them.
   */
  close(requestGraceMs?: number): Promise<void>;
}

/** nginx' own limit (worker_shutdown_timeout) ends requests before this; it is for an nginx that hangs. */
const NGINX_GRACE_MS = 300_000;
const HEALTH_GRACE_MS = 1000;

export interface ControllerOutput {
  readonly logger: Logger;
  /** File descriptor that takes the access log; standard output unless given. */
  readonly accessLogDescriptor?: number;
}

/** Starts everything. Throws when the machine lacks something, saying what. */
export async function startController(config: ControllerConfig, output: ControllerOutput): Promise<RunningController> {
  const { logger } = output;
  const machine = await readMachine(config);
  const runtime = await chooseRuntimeDirectory(config.runtimeDirectory);
  const rounds = createRoundBoard();
  const pipeline = assemblePipeline(config, { output, rounds, machine, runtimeDirectory: runtime.directory });
  let closing = false;
  const health = createHealthServer(logger, () => {
    if (closing) return ['shutting down'];
    return rounds.isServing() ? [] : ['no configuration has been proven to run yet'];
  });
  const end = async (requestGraceMs = NGINX_GRACE_MS): Promise<void> => {
    await pipeline.stop(requestGraceMs);
    await health.close(HEALTH_GRACE_MS);
    await runtime.remove();
  };
  try {
    const healthPort = await health.listen(config.health);
    await pipeline.start();
    logger.info('controller started', { nginx: machine.capabilities.version, healthPort, manifests: config.manifests });
    return {
      healthPort,
      firstAttempt: rounds.first,
      onRound: (listener) => rounds.listen(listener),
      async close(requestGraceMs) {
        closing = true;
        await new Promise((done) => setTimeout(done, config.shutdownGraceMs));
        await end(requestGraceMs);
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Machine {
  readonly binary: string;
  readonly capabilities: Awaited<ReturnType<typeof readCapabilities>>;
  readonly workerUser: string | undefined;
  readonly fileLimit: number | undefined;
}

async function readMachine(config: ControllerConfig): Promise<Machine> {
  const binary = await findNginx({ named: config.nginxBinary, searchPath: config.searchPath });
  if (!binary.ok) throw new Error(`${binary.error}; install nginx, or name it by --nginx-binary`);
  const [capabilities, workerUser, fileLimit] = await Promise.all([
    readCapabilities(binary.value),
    findWorkerUser(config.workerUser),
    openFileLimit(),
  ]);
  return { binary: binary.value, capabilities, workerUser, fileLimit };
}

interface Assembly {
  readonly output: ControllerOutput;
  readonly machine: Machine;
  readonly rounds: RoundBoard;
  readonly runtimeDirectory: string;
}

function assemblePipeline(config: ControllerConfig, assembly: Assembly): Pipeline {
  const { output, machine, rounds, runtimeDirectory } = assembly;
  const { logger, ...accessLog } = output;
  const { capabilities, workerUser, fileLimit } = machine;
  const resolver = createResolver(config.routing);
  const renderer = createRenderer({
    capabilities,
    http: config.http,
    https: config.https,
    runtimeDirectory,
    resolvers: machineResolvers(),
    ...(workerUser === undefined ? {} : { workerUser }),
    ...(fileLimit === undefined ? {} : { openFileLimit: fileLimit }),
  });
  const sinks = createFileModeSinks(logger, config.statusDirectory);
  const nginx = createNginxProcess({
    binary: machine.binary,
    runtimeDirectory,
    logger,
    ...accessLog,
    onRestart: () => pipeline.nginxRestarted(),
  });
  const pipeline = createPipeline({
    source: new ManifestSource({ paths: config.manifests, logger }),
    nginx,
    clock: systemClock,
    logger,
    events: sinks,
    resolve: (snapshot, nowMs) => resolver.resolve(snapshot, nowMs),
    render: (model) => renderer.render(model),
    jitter: Math.random,
    onRound: (round) => rounds.publish(round),
    onFault: (error) => rounds.fail(error),
    status: { sink: sinks, addresses: () => config.publishAddresses },
  });
  return pipeline;
}

async function chooseRuntimeDirectory(
  named: string | undefined,
): Promise<{ readonly directory: string; readonly remove: () => Promise<void> }> {
  if (named !== undefined) return { directory: resolve(named), remove: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

function createHealthServer(logger: Logger, unreadyReasons: () => readonly string[]): HttpServer {
  const app = createHealthApp({ unreadyReasons, metrics: createMetricsRegistry(), logger });
  return createHttpServer({ app, logger });
}
