/**
 * Duty: the directory that nginx lives in: the named one or a temporary one, checked before anything is started.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EXIT_USAGE } from '@gatehouse/flags';
import { StartError } from '@gatehouse/logging';
import { judgeRuntimePath, openRuntime } from '@gatehouse/nginx-process';
import type { ControllerConfig } from './flags.ts';

export interface RuntimeDirectory {
  readonly directory: string;
  /** Lets others have it; a temporary one is removed. */
  release(): Promise<void>;
}

/** Throws a StartError when it cannot be used, or another controller uses it. */
export async function takeRuntimeDirectory({
  runtimeDirectory: named,
  hasProxyAgent,
}: Pick<ControllerConfig, 'hasProxyAgent' | 'runtimeDirectory'>): Promise<RuntimeDirectory> {
  if (named === undefined) return takeTemporary();
  const directory = resolve(named);
  const fault = judgeRuntimePath(directory);
  if (fault !== undefined) throw new StartError(`--runtime-dir: ${fault}`, { exitCode: EXIT_USAGE });
  const opened = await openRuntime(directory, hasProxyAgent ? 'another process' : 'this process');
  if (!opened.ok) throw new StartError(`--runtime-dir: ${opened.error}`);
  return { directory, release: () => opened.value.release() };
}

async function takeTemporary(): Promise<RuntimeDirectory> {
  const directory = await makeTemporaryDirectory('gatehouse-');
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const opened = await openRuntime(directory, 'this process');
  if (!opened.ok) {
    await remove();
    throw new StartError(`TMPDIR: ${opened.error}; or name a directory by --runtime-dir`);
  }
  const release = async (): Promise<void> => {
    await opened.value.release();
    await remove();
  };
  return { directory, release };
}

/** A new directory whose name begins like this. Throws a StartError when there can be none. */
export async function makeTemporaryDirectory(prefix: string): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), prefix));
  } catch (cause) {
    throw new StartError(`TMPDIR: no directory can be made in ${JSON.stringify(tmpdir())}: ${describe(cause)}`, {
      cause,
    });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
