/**
 * Duty: who runs nginx for this controller: this process, or a proxy beside it that shares the runtime directory; and what
 * the machine that it runs on gives.
 */
import { startEndpointDns, type EndpointDns } from '@gatehouse/endpoint-dns';
import { StartError } from '@gatehouse/logging';
import { describeKnownFaults, NO_ENDPOINTS_ADDRESS, NOBODY_ADDRESS, type NginxCapabilities } from '@gatehouse/nginx';
import {
  awaitMachineFacts,
  capabilitiesOf,
  createLocalSupervisor,
  createRemoteSupervisor,
  findGroupId,
  findNginx,
  readMachineFacts,
  type MachineFacts,
  type NginxSupervisor,
  type ProofListeners,
} from '@gatehouse/nginx-process';
import type { Logger } from '@gatehouse/pipeline';
import type { ControllerConfig } from './flags.ts';

export interface NginxSide {
  readonly machine: MachineFacts;
  readonly capabilities: NginxCapabilities;
  readonly keys: KeyAccess;
  supervise(listeners: NginxListeners): NginxSupervisor;
  /** To be called when nginx has ended. */
  close(): Promise<void>;
}

interface NginxListeners {
  /** It is uncertain what runs, since nobody asked for a start of nginx. */
  readonly onRestart: () => void;
  /** So many workers were ended by signals. */
  readonly onWorkerCrashes: (count: number) => void;
  readonly proof: ProofListeners;
}

/** Whether nginx' worker processes can read what this process writes into the directory of keys. */
interface KeyAccess {
  readonly workersReadKeys: boolean;
  /** Id of the group that they read it as; left out: they run as this process' user. */
  readonly keyReaders?: number;
}

export interface NginxSideOptions {
  readonly logger: Logger;
  readonly runtimeDirectory: string;
  /** File descriptor that takes the access log of an nginx of this process; standard output unless given. */
  readonly accessLogDescriptor?: number;
  /** Ends the waiting for a proxy. */
  readonly signal: AbortSignal;
}

/** Waits for the proxy when there is to be one. Throws when the machine lacks something. */
export async function openNginxSide(config: ControllerConfig, options: NginxSideOptions): Promise<NginxSide> {
  const side: NginxSide = config.hasProxyAgent ? await openRemote(config, options) : await openLocal(config, options);
  const faults = describeKnownFaults(side.capabilities);
  if (faults !== undefined) options.logger.warn(faults);
  return side;
}

async function openLocal(config: ControllerConfig, options: NginxSideOptions): Promise<NginxSide> {
  const found = await findNginx({ named: config.nginxBinary, searchPath: config.searchPath });
  if (!found.ok) throw new StartError(`--nginx-binary: ${found.error}`);
  const binary = found.value;
  const machine = await readMachineFacts({ binary, workerUser: config.workerUser });
  const { signal: _, ...rest } = options;
  const keys = await keyAccess(machine.workerUser);
  const capabilities = capabilitiesIn(machine);
  const endpoints = await openEndpointDns(config, capabilities, options.logger);
  return {
    capabilities,
    keys,
    machine: endpoints === undefined ? machine : { ...machine, endpointDnsPort: endpoints.port },
    supervise: (listeners) =>
      createLocalSupervisor({ ...rest, binary, ...listeners, ...(endpoints === undefined ? {} : { endpoints }) }),
    close: async () => endpoints?.close(),
  };
}

/** nginx takes the group that is called like the user. */
async function keyAccess(workerUser: string | undefined): Promise<KeyAccess> {
  if (workerUser === undefined) return { workersReadKeys: true };
  const group = await findGroupId(workerUser);
  return group === undefined ? { workersReadKeys: false } : { workersReadKeys: true, keyReaders: group };
}

async function openRemote(config: ControllerConfig, options: NginxSideOptions): Promise<NginxSide> {
  const { runtimeDirectory, logger, signal } = options;
  const {
    endpointDnsPort,
    takesLoopbackEndpoints = false,
    ...machine
  } = await awaitMachineFacts(runtimeDirectory, { logger, signal });
  const capabilities = capabilitiesIn(machine);
  // One that is refused would keep the others from being told.
  const isTaken = takesLoopbackEndpoints || !config.routing.allowLoopbackEndpoints;
  const isUsed = config.endpointsByDns && capabilities.upstreamResolve && isTaken;
  return {
    capabilities,
    // Groups of another container are not ours to give files to.
    keys: { workersReadKeys: machine.workerUser === undefined },
    machine: endpointDnsPort === undefined || !isUsed ? machine : { ...machine, endpointDnsPort },
    supervise: (listeners) => createRemoteSupervisor({ runtimeDirectory, logger, ...listeners }),
    close: () => Promise.resolve(),
  };
}

function capabilitiesIn(machine: MachineFacts): NginxCapabilities {
  const capabilities = capabilitiesOf(machine);
  if (!capabilities.ok) throw new Error(`nginx -V: ${capabilities.error}`);
  return capabilities.value;
}

/** Undefined where nginx or the machine cannot do it: then endpoints reach nginx by reloads. */
async function openEndpointDns(
  { endpointsByDns, routing }: ControllerConfig,
  { upstreamResolve }: NginxCapabilities,
  logger: Logger,
): Promise<EndpointDns | undefined> {
  if (!endpointsByDns || !upstreamResolve) return undefined;
  try {
    return await startEndpointDns({
      host: '127.0.0.1',
      port: 'free',
      noEndpointsAddress: NO_ENDPOINTS_ADDRESS,
      nobodyAddress: NOBODY_ADDRESS,
      loopbackEndpoints: routing.allowLoopbackEndpoints ? 'allowed' : 'refused',
      onFault: (error) =>
        logger.error('The DNS server that tells nginx endpoints ended; another is started', { error }),
    });
  } catch (error) {
    logger.warn('nginx cannot be told endpoints by DNS; it is reloaded for them', { error });
    return undefined;
  }
}
