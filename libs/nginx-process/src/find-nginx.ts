/**
 * Duty: where the nginx program is.
 */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { err, ok, type Result } from '@gatehouse/core';

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

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
