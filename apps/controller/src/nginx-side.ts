/**
 * Duty: who runs nginx for this controller: this process, or a proxy beside it that shares the runtime directory; and what
 * the machine that it runs on gives.
 */
import { StartError } from '@gatehouse/logging';
import { describeKnownFaults, type NginxCapabilities } from '@gatehouse/nginx';
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
} from '@gatehouse/nginx-process';
import type { Logger } from '@gatehouse/pipeline';
import type { ControllerConfig } from './flags.ts';

export interface NginxSide {
  readonly machine: MachineFacts;
  readonly capabilities: NginxCapabilities;
  readonly keys: KeyAccess;
  /** `onRestart` is called when it is uncertain what runs, since nobody asked for a start of nginx. */
  supervise(onRestart: () => void): NginxSupervisor;
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
  const side = config.hasProxyAgent ? await openRemote(options) : await openLocal(config, options);
  const capabilities = capabilitiesOf(side.machine);
  if (!capabilities.ok) throw new Error(`nginx -V: ${capabilities.error}`);
  const faults = describeKnownFaults(capabilities.value);
  if (faults !== undefined) options.logger.warn(faults);
  return { ...side, capabilities: capabilities.value };
}

type Side = Omit<NginxSide, 'capabilities'>;

async function openLocal(config: ControllerConfig, options: NginxSideOptions): Promise<Side> {
  const found = await findNginx({ named: config.nginxBinary, searchPath: config.searchPath });
  if (!found.ok) throw new StartError(`--nginx-binary: ${found.error}`);
  const binary = found.value;
  const machine = await readMachineFacts({ binary, workerUser: config.workerUser });
  const { signal: _, ...rest } = options;
  const keys = await keyAccess(machine.workerUser);
  return { machine, keys, supervise: (onRestart) => createLocalSupervisor({ ...rest, binary, onRestart }) };
}

/** nginx takes the group that is called like the user. */
async function keyAccess(workerUser: string | undefined): Promise<KeyAccess> {
  if (workerUser === undefined) return { workersReadKeys: true };
  const group = await findGroupId(workerUser);
  return group === undefined ? { workersReadKeys: false } : { workersReadKeys: true, keyReaders: group };
}

async function openRemote({ runtimeDirectory, logger, signal }: NginxSideOptions): Promise<Side> {
  const machine = await awaitMachineFacts(runtimeDirectory, { logger, signal });
  // Groups of another container are not ours to give files to.
  const keys = { workersReadKeys: machine.workerUser === undefined };
  return { machine, keys, supervise: (onRestart) => createRemoteSupervisor({ runtimeDirectory, logger, onRestart }) };
}
