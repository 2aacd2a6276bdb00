/**
 * Duty: putting the parts of the proxy together and ending them in order: nginx, the agent that takes the controller's
 * orders, the probes.
 */
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEndpointDns } from '@gatehouse/endpoint-dns';
import { createHttpServer, type HttpServer } from '@gatehouse/http';
import { StartError } from '@gatehouse/logging';
import {
  capabilitiesOf,
  createLocalSupervisor,
  findNginx,
  openProxyRuntime,
  readMachineFacts,
  runtimeLayout,
  startAgentServer,
  type AgentServer,
  type EndpointSide,
  type LocalSupervisor,
} from '@gatehouse/nginx-process';
import { NO_ENDPOINTS_ADDRESS, NOBODY_ADDRESS } from '@gatehouse/nginx';
import type { Logger } from '@gatehouse/pipeline';
import { rememberEndpoints } from './endpoint-file.ts';
import { createProbeApp } from './probe-app.ts';

export interface ProxyOptions {
  readonly runtimeDir: string;
  /** Full path; empty: look along `searchPath`. */
  readonly nginxBinary: string;
  readonly searchPath: string;
  /** An empty host is every address. */
  readonly health: { readonly host: string; readonly port: number };
  /** Where nginx asks for endpoints; 0: nowhere. */
  readonly endpointDnsPort: number;
  readonly loopbackEndpoints: 'allowed' | 'refused';
  readonly shutdownGraceMs: number;
  readonly logger: Logger;
}

export interface RunningProxy {
  readonly healthPort: number;
  /**
   * Readiness off, the grace period, then nginx ends: requests that still run after `requestGraceMs` are cut off. Called
   * again with 0, nothing is waited for any more.
   */
  close(requestGraceMs: number): Promise<void>;
}

const PROBE_GRACE_MS = 500;

/** Listens, and starts nginx when there is a configuration. Throws a StartError where somebody can mend it. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { logger } = options;
  const runtimeDirectory = resolve(options.runtimeDir);
  const binary = await findNginx({ named: options.nginxBinary, searchPath: options.searchPath });
  if (!binary.ok) throw new StartError(`--nginx-binary: ${binary.error}`);
  const opened = await openProxyRuntime(runtimeDirectory);
  if (!opened.ok) throw new StartError(`--runtime-dir: ${opened.error}`);
  const facts = await readMachineFacts({ binary: binary.value, workerUser: '' });
  const capabilities = capabilitiesOf(facts);
  const isTold = capabilities.ok && capabilities.value.upstreamResolve && options.endpointDnsPort !== 0;
  const endpoints = isTold ? await openEndpoints(options, runtimeLayout(runtimeDirectory).endpointsFile) : undefined;
  const machine =
    endpoints === undefined
      ? facts
      : {
          ...facts,
          endpointDnsPort: options.endpointDnsPort,
          ...(options.loopbackEndpoints === 'allowed' ? { takesLoopbackEndpoints: true as const } : {}),
        };
  const supervisor = createLocalSupervisor({
    binary: binary.value,
    runtimeDirectory,
    logger,
    ...(endpoints === undefined ? {} : { endpoints }),
    onRestart: () => agent.noteRestart(),
    onWorkerCrashes: (count) => agent.noteCrashes(count),
    proof: {
      onDrift: (count, names) => agent.proof.onDrift(count, names),
      onCompared: (atMs) => agent.proof.onCompared(atMs),
      onRelearning: (reloads) => agent.proof.onRelearning(reloads),
    },
  });
  const socket = runtimeLayout(runtimeDirectory).agentSocket;
  const agent: AgentServer = await startAgentServer({ socket, supervisor, machine, logger }).catch((cause: unknown) => {
    throw new StartError(`--runtime-dir: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const closing = createClosing(options.shutdownGraceMs, supervisor);
  const probes = createHttpServer({
    logger,
    app: createProbeApp(async () => {
      if (closing.hasBegun()) return 'shutting down';
      return (await supervisor.serves()) ? undefined : 'nginx does not run yet';
    }),
  });
  const close = async (requestGraceMs: number): Promise<void> => {
    await closing.close(requestGraceMs);
    await agent.close();
    await endpoints?.close();
    await probes.close(PROBE_GRACE_MS);
  };
  const healthPort = await listen(probes, options.health).catch(async (error: unknown) => {
    await close(0);
    throw error;
  });
  void supervisor.resume();
  return { healthPort, close };
}

interface ProxyEndpoints extends EndpointSide {
  close(): Promise<void>;
}

/** Throws a StartError when the port cannot be had. */
async function openEndpoints(options: ProxyOptions, file: string): Promise<ProxyEndpoints> {
  const { endpointDnsPort: port, logger } = options;
  const dns = await startEndpointDns({
    host: '127.0.0.1',
    port,
    noEndpointsAddress: NO_ENDPOINTS_ADDRESS,
    nobodyAddress: NOBODY_ADDRESS,
    loopbackEndpoints: options.loopbackEndpoints,
    onFault: (error) => logger.error('The DNS server that tells nginx endpoints ended; another is started', { error }),
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw new StartError(`--endpoint-dns-port: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const remembered = rememberEndpoints(dns, { file, logger });
  await remembered.restore();
  return {
    set: (changes) => remembered.set(changes),
    watchTelling: (questions, limitMs) => dns.watchTelling(questions, limitMs),
    truth: dns.truth,
    close: async () => {
      await remembered.close();
      await dns.close();
    },
  };
}

/** Throws a StartError when the address cannot be had. */
async function listen(probes: HttpServer, address: ProxyOptions['health']): Promise<number> {
  try {
    return await probes.listen(address);
  } catch (cause) {
    throw new StartError(`--healthz-port: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

interface Closing {
  hasBegun(): boolean;
  close(requestGraceMs: number): Promise<void>;
}

function createClosing(shutdownGraceMs: number, supervisor: LocalSupervisor): Closing {
  const now = new AbortController();
  let ended: Promise<void> | undefined;
  const end = async (requestGraceMs: number): Promise<void> => {
    const isServing = await supervisor.serves();
    if (isServing && requestGraceMs > 0) {
      await delay(shutdownGraceMs, undefined, { signal: now.signal }).catch(() => undefined);
    }
    await supervisor.stop(now.signal.aborted ? 0 : requestGraceMs);
  };
  return {
    hasBegun: () => ended !== undefined,
    async close(requestGraceMs) {
      if (ended !== undefined && requestGraceMs === 0) {
        now.abort();
        await supervisor.stop(0);
      }
      await (ended ??= end(requestGraceMs));
    },
  };
}
