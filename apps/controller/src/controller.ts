/**
 * Duty: putting the parts of the controller together and ending them in order. Must not know what any of them does.
 */
import {
  createHealthApp,
  createHttpServer,
  createMetricsRegistry,
  type HealthOptions,
  type HttpServer,
} from '@gatehouse/http';
import { StartError, systemClock } from '@gatehouse/logging';
import { createRenderer, nginxProblems } from '@gatehouse/nginx';
import { createNginxProcess } from '@gatehouse/nginx-process';
import { createPipeline, type Logger, type Pipeline, type Round } from '@gatehouse/pipeline';
import { createResolver } from '@gatehouse/routing';
import type { Registry } from 'prom-client';
import { createClosing } from './closing.ts';
import { openClusterWorld } from './cluster-world.ts';
import { tellEndpointProof } from './endpoint-proof-metrics.ts';
import { explainFirstFault } from './explain-fault.ts';
import type { ControllerConfig } from './flags.ts';
import { openFileWorld } from './file-world.ts';
import { openNginxSide, type NginxSide } from './nginx-side.ts';
import { registerReloadMetrics } from './reload-metrics.ts';
import { createRoundBoard, type FirstAttempt, type RoundBoard } from './round-board.ts';
import { takeRuntimeDirectory, type RuntimeDirectory } from './runtime-directory.ts';
import { countWorkerCrashes } from './worker-crashes.ts';
import type { World } from './world.ts';

export interface RunningController {
  readonly healthPort: number;
  /** What the first attempt to serve came to; after a fault there are others, until somebody ends it. */
  readonly firstAttempt: Promise<FirstAttempt>;
  /** Calls `listener` after every later round. */
  onRound(listener: (round: Round) => void): void;
  /**
   * Readiness off, the grace period, then watching and nginx end; nothing of it is left. Requests that still run after
   * `requestGraceMs` are cut off; left out, they have what the settings give them. Called again with 0, nothing is waited
   * for any more.
   */
  close(requestGraceMs?: number): Promise<void>;
}

const HEALTH_GRACE_MS = 1000;
/** For so long a start that is under way is no sign of life yet; less than any probe waits before it ends a process. */
const USUAL_START_MS = 15_000;

export interface ControllerOutput {
  readonly logger: Logger;
  /** File descriptor that takes the access log; standard output unless given. */
  readonly accessLogDescriptor?: number;
  /** Ends the waiting for a proxy that runs nginx; it throws then. */
  readonly signal?: AbortSignal;
}

/** Starts everything. Throws when the machine lacks something, a StartError where somebody can mend it. */
export async function startController(config: ControllerConfig, output: ControllerOutput): Promise<RunningController> {
  const { logger } = output;
  const world = await openWorld(config, logger);
  const runtime = await takeRuntimeDirectory(config);
  const rounds = createRoundBoard();
  let pipeline: Pipeline | undefined;
  let nginx: NginxSide | undefined;
  const closing = createClosing(config.shutdownGraceMs, {
    cutOff: async () => pipeline?.stop(0),
    leave: () => world.leave(),
    end: async (requestGraceMs) => {
      await pipeline?.stop(requestGraceMs);
      await nginx?.close();
      if (requestGraceMs > 0) await closing.pause(config.postShutdownGraceMs);
      await health.close(HEALTH_GRACE_MS);
      await world.close();
      await runtime.release();
    },
  });
  const startedMs = performance.now();
  const isStarting = (): boolean =>
    config.cluster !== undefined &&
    !rounds.isServing() &&
    !world.isSlow() &&
    performance.now() - startedMs < USUAL_START_MS;
  const ending = (): readonly string[] => (closing.hasBegun() ? ['shutting down'] : []);
  const metrics = createMetricsRegistry();
  world.registerMetrics(metrics);
  const health = createHealthServer(logger, {
    metrics,
    healthPath: config.healthCheckPath,
    // Whoever asks /healthz whether to send requests, as probes of ingress-nginx do, must hear of the end as well, and not
    // begin too early.
    ailments: () => (isStarting() ? [...ending(), 'starting'] : ending()),
    unreadyReasons: () =>
      rounds.isServing()
        ? ending()
        : [...ending(), ...world.unreadyReasons(), 'no configuration has been proven to run yet'],
  });
  try {
    // Before nginx is known: whoever runs it may not be there yet, and meanwhile we are alive.
    const healthPort = await listen(health, config.health);
    nginx = await openNginx(config, output, runtime);
    pipeline = assemblePipeline(config, { logger, metrics, world, rounds, nginx, runtimeDirectory: runtime.directory });
    await beginRounds(pipeline, {
      world,
      rounds,
      isInCluster: config.cluster !== undefined,
      isEnding: () => closing.hasBegun(),
    });
    logger.info('controller started', { ...describeNginx(nginx), healthPort, manifests: config.manifests });
    return {
      healthPort,
      firstAttempt: rounds.first,
      onRound: (listener) => rounds.listen(listener),
      close: closing.close,
    };
  } catch (error) {
    await closing.close(0);
    throw error;
  }
}

function describeNginx({ capabilities, machine }: NginxSide): Readonly<Record<string, string>> {
  return { nginx: capabilities.version, endpoints: machine.endpointDnsPort === undefined ? 'by reload' : 'by DNS' };
}

function openWorld(config: ControllerConfig, logger: Logger): Promise<World> {
  const { cluster } = config;
  return cluster === undefined
    ? Promise.resolve(openFileWorld(config, logger))
    : openClusterWorld({ ...config, cluster }, logger);
}

interface Beginning {
  readonly world: World;
  readonly rounds: RoundBoard;
  readonly isInCluster: boolean;
  readonly isEnding: () => boolean;
}

/**
 * Files are there or not; an API server may come to be there whenever it will, and until then we are only not ready. Who
 * does not serve does not lead: it would keep those that do from writing status and telling Events.
 */
async function beginRounds(pipeline: Pipeline, { world, rounds, isInCluster, isEnding }: Beginning): Promise<void> {
  const started = pipeline.start();
  if (!isInCluster) {
    await started;
    world.begin(pipeline);
    return;
  }
  started.catch((error: unknown) => rounds.fail(error));
  void rounds.serves.then(() => {
    if (!isEnding()) world.begin(pipeline);
  });
}

/** Throws a StartError when the address cannot be had. */
async function listen(health: HttpServer, address: ControllerConfig['health']): Promise<number> {
  try {
    return await health.listen(address);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`--healthz-port: ${reason}`, { cause });
  }
}

function openNginx(config: ControllerConfig, output: ControllerOutput, runtime: RuntimeDirectory): Promise<NginxSide> {
  const { signal = new AbortController().signal, ...rest } = output;
  return openNginxSide(config, { ...rest, signal, runtimeDirectory: runtime.directory });
}

interface Assembly {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly world: World;
  readonly nginx: NginxSide;
  readonly rounds: RoundBoard;
  readonly runtimeDirectory: string;
}

function assemblePipeline(config: ControllerConfig, assembly: Assembly): Pipeline {
  const { logger, metrics, world, nginx, rounds, runtimeDirectory } = assembly;
  const { nginx: _words, lacksStreamFile: _known, ...machine } = nginx.machine;
  const resolver = createResolver(config.routing);
  const renderer = createRenderer({
    ...machine,
    capabilities: nginx.capabilities,
    http: config.http,
    https: config.https,
    ...(config.statusPort === undefined ? {} : { statusPort: config.statusPort }),
    runtimeDirectory,
    workersReadKeys: nginx.keys.workersReadKeys,
  });
  const supervisor = nginx.supervise({
    onRestart: () => pipeline.nginxRestarted(),
    onWorkerCrashes: countWorkerCrashes(metrics, world),
    proof: {
      ...tellEndpointProof(metrics, { logger, serviceOf: (upstream) => nginxProcess.serviceOf(upstream) }),
      onRelearning: (count) => reloads.noteRelearning(count),
    },
  });
  const nginxProcess = createNginxProcess({ runtimeDirectory, logger, supervisor, ...nginx.keys });
  const reloads = registerReloadMetrics(metrics, { nginx: nginxProcess, nowMs: () => systemClock.nowMs() });
  const pipeline = createPipeline({
    source: world.source,
    events: world.events,
    ...(world.status === undefined ? {} : { status: world.status }),
    ...(world.pod === undefined
      ? {}
      : { pod: world.pod, lastingProblems: nginxProblems(nginx.capabilities, world.pod) }),
    nginx: nginxProcess,
    relink: (backend, snapshot) => resolver.relink(backend, snapshot),
    clock: systemClock,
    logger,
    resolve: (snapshot, nowMs) => resolver.resolve(snapshot, nowMs),
    render: (model, runningDigest) => renderer.render(model, runningDigest),
    jitter: Math.random,
    onRound: (round) => {
      reloads.note(round);
      rounds.publish(round);
    },
    onFault: (error) => rounds.fail(explainFirstFault(error, config)),
  });
  return pipeline;
}

function createHealthServer(logger: Logger, options: Omit<HealthOptions, 'logger'>): HttpServer {
  const app = createHealthApp({ ...options, logger });
  return createHttpServer({ app, logger });
}
