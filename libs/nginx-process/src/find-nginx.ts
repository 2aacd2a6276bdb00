/**
 * Duty: where the nginx program is, and what it can do.
 */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { err, ok, type Result } from '@gatehouse/core';
import { parseNginxVersion, type NginxCapabilities } from '@gatehouse/nginx';

/** Where it is when the search path of a plain user does not lead there. */
const USUAL_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/usr/local/nginx/sbin'];

export interface NginxSearch {
  /** Full path that the operator named; empty when they named none. */
  readonly named: string;
  /** The environment variable PATH. */
  readonly searchPath: string;
}

/** Full path of nginx; the error says where it was looked for. */
export async function findNginx({ named, searchPath }: NginxSearch): Promise<Result<string>> {
  if (named !== '') return (await isExecutable(named)) ? ok(named) : err(`${named} is not a program`);
  const directories = [...searchPath.split(delimiter).filter((directory) => directory !== ''), ...USUAL_DIRECTORIES];
  for (const directory of directories) {
    const file = join(directory, 'nginx');
    if (await isExecutable(file)) return ok(file);
  }
  return err(`there is no nginx in ${[...new Set(directories)].join(', ')}`);
}

/** What this nginx can do, by its own words (`nginx -V`). Throws when it cannot be run or says something else. */
export async function readCapabilities(binary: string): Promise<NginxCapabilities> {
  const { stderr } = await promisify(execFile)(binary, ['-V']);
  const capabilities = parseNginxVersion(stderr);
  if (!capabilities.ok) throw new Error(`${binary} -V: ${capabilities.error}`);
  const { stream } = capabilities.value;
  const isMissing = stream.kind === 'loadable' && !(await isReadable(stream.file));
  return isMissing ? { ...capabilities.value, stream: { kind: 'absent' } } : capabilities.value;
}

async function isReadable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
