/**
 * Duty: what the machine that nginx runs on gives: the program's abilities, the workers' user, limits, name servers.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ok, type Result } from '@gatehouse/core';
import { parseNginxVersion, type NginxCapabilities } from '@gatehouse/nginx';
import { openFileLimit } from './open-file-limit.ts';
import { machineResolvers } from './resolvers.ts';
import { usableProcessors } from './usable-processors.ts';
import { findWorkerUser } from './worker-user.ts';

/** As one side tells it to the other: words of the system, not yet judged. */
export interface MachineFacts {
  /** What `nginx -V` prints. */
  readonly nginx: string;
  /** It was built to load the module for TCP and UDP ports from a file, and that file is not there. */
  readonly lacksStreamFile: boolean;
  /** Who worker processes run as; undefined when nginx is not started by root. */
  readonly workerUser?: string;
  /** How many files a process may have open; undefined: no limit. */
  readonly openFileLimit?: number;
  /** Addresses of DNS servers, IPv6 without brackets. */
  readonly resolvers: readonly string[];
  /** Processors that nginx may use at once; a container's limit counts. */
  readonly processors: number;
  /** Where a DNS server tells endpoints (libs/endpoint-dns); undefined: there is none. */
  readonly endpointDnsPort?: number;
  /** It takes endpoints on its own machine, too. */
  readonly takesLoopbackEndpoints?: true;
}

/** Throws when nginx cannot be run, or there is no user for its workers. */
export async function readMachineFacts(program: {
  readonly binary: string;
  /** Empty: the first usual one that exists. */
  readonly workerUser: string;
}): Promise<MachineFacts> {
  const [{ stderr }, workerUser, limit, processors] = await Promise.all([
    promisify(execFile)(program.binary, ['-V']),
    findWorkerUser(program.workerUser),
    openFileLimit(),
    usableProcessors(),
  ]);
  return {
    nginx: stderr,
    lacksStreamFile: await lacksStreamFile(stderr),
    ...(workerUser === undefined ? {} : { workerUser }),
    ...(limit === undefined ? {} : { openFileLimit: limit }),
    resolvers: machineResolvers(),
    processors,
  };
}

/** What its nginx can do; the error says what is missing in its words. */
export function capabilitiesOf({
  nginx,
  lacksStreamFile: isLacking,
}: Pick<MachineFacts, 'lacksStreamFile' | 'nginx'>): Result<NginxCapabilities> {
  const capabilities = parseNginxVersion(nginx);
  return capabilities.ok && isLacking ? ok({ ...capabilities.value, stream: { kind: 'absent' } }) : capabilities;
}

/** What this nginx can do, by its own words (`nginx -V`). Throws when it cannot be run or says something else. */
export async function readCapabilities(binary: string): Promise<NginxCapabilities> {
  const { stderr } = await promisify(execFile)(binary, ['-V']);
  const capabilities = capabilitiesOf({ nginx: stderr, lacksStreamFile: await lacksStreamFile(stderr) });
  if (!capabilities.ok) throw new Error(`${binary} -V: ${capabilities.error}`);
  return capabilities.value;
}

async function lacksStreamFile(nginx: string): Promise<boolean> {
  const capabilities = parseNginxVersion(nginx);
  if (!capabilities.ok || capabilities.value.stream.kind !== 'loadable') return false;
  return access(capabilities.value.stream.file, constants.R_OK).then(
    () => false,
    () => true,
  );
}
