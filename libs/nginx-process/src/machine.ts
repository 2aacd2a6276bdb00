/**
 * Duty: what the machine that nginx runs on gives: the program's abilities, the workers' user, limits, name servers.
 */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { openFileLimit } from './open-file-limit.ts';
import { machineResolvers } from './resolvers.ts';
import { findWorkerUser } from './worker-user.ts';

/** As one side tells it to the other: words of the system, not yet judged. */
export interface MachineFacts {
  /** What `nginx -V` prints. */
  readonly nginx: string;
  /** Who worker processes run as; undefined when nginx is not started by root. */
  readonly workerUser?: string;
  /** How many files a process may have open; undefined: no limit. */
  readonly openFileLimit?: number;
  /** Addresses of DNS servers, IPv6 without brackets. */
  readonly resolvers: readonly string[];
  /** Processors that nginx may use at once; a container's limit counts. */
  readonly processors: number;
}

/** Throws when nginx cannot be run, or there is no user for its workers. */
export async function readMachineFacts(program: {
  readonly binary: string;
  /** Empty: the first usual one that exists. */
  readonly workerUser: string;
}): Promise<MachineFacts> {
  const [{ stderr }, workerUser, limit] = await Promise.all([
    promisify(execFile)(program.binary, ['-V']),
    findWorkerUser(program.workerUser),
    openFileLimit(),
  ]);
  return {
    nginx: stderr,
    ...(workerUser === undefined ? {} : { workerUser }),
    ...(limit === undefined ? {} : { openFileLimit: limit }),
    resolvers: machineResolvers(),
    processors: availableParallelism(),
  };
}
