/**
 * Duty: whether a directory can be the runtime directory, before anything is started in it, and keeping others out of it.
 * Must not know which flag named it.
 */
import { existsSync } from 'node:fs';
import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { err, ok, type Result } from '@gatehouse/core';
import { takeControllerLock, type ControllerLock } from './controller-lock.ts';
import { prepareConfig, prepareProxy } from './prepare-runtime.ts';
import { runtimeLayout, socketsOf, type RuntimeLayout } from './runtime-layout.ts';
import { isSystemError } from './system-error.ts';

/** Longest path of a unix socket on Linux, without the closing zero byte (unix(7)). */
const LONGEST_SOCKET_PATH_BYTES = 107;
/** What no string of nginx.conf can hold: a dollar sign begins a variable. */
const UNWRITABLE = /[$\p{Cc}]/u;

/** What is wrong with an absolute path, whatever lies there; undefined when it will do. A sentence's part, as are the errors below. */
export function judgeRuntimePath(directory: string): string | undefined {
  const shown = JSON.stringify(directory);
  if (UNWRITABLE.test(directory))
    return `${shown} has a character that nginx takes in no path ($ or a control character)`;
  const lengths = socketsOf(runtimeLayout(directory)).map((socket) => Buffer.byteLength(socket));
  const excess = Math.max(...lengths) - LONGEST_SOCKET_PATH_BYTES;
  return excess > 0 ? `${shown} is ${excess} bytes too long for a socket in it` : undefined;
}

/** Who writes the part `proxy`: this process as well, or another one that runs nginx. */
export type ProxyOwner = 'another process' | 'this process';

/** Takes the directory for this controller, ready to be written; the error says why that cannot be. */
export async function openRuntime(directory: string, proxyOwner: ProxyOwner): Promise<Result<ControllerLock>> {
  const layout = runtimeLayout(directory);
  const runsNginx = proxyOwner === 'this process';
  const obstacle = await makeReady(layout, [
    ...[layout.config, layout.generations, layout.keys],
    ...(runsNginx ? [layout.proxy, layout.temporary] : []),
  ]);
  if (obstacle !== undefined) return err(obstacle);
  try {
    await mkdir(layout.config, { recursive: true, mode: 0o755 });
    const lock = await takeControllerLock(layout.controllerLock);
    if (!lock.ok) return err(`another controller uses ${directory} (${lock.error})`);
    try {
      if (runsNginx) await prepareProxy(layout, { isRoot: process.getuid?.() === 0 });
      await prepareConfig(layout);
      return lock;
    } catch (error) {
      await lock.value.release();
      throw error;
    }
  } catch (error) {
    return err(describe(error));
  }
}

/** Makes the part `proxy` ready for an nginx that this process runs for a controller elsewhere. */
export async function openProxyRuntime(directory: string): Promise<Result<undefined>> {
  const layout = runtimeLayout(directory);
  const obstacle = await makeReady(layout, [layout.proxy, layout.temporary]);
  if (obstacle !== undefined) return err(obstacle);
  try {
    await prepareProxy(layout, { isRoot: process.getuid?.() === 0 });
    return ok(undefined);
  } catch (error) {
    return err(describe(error));
  }
}

/** What keeps this process from writing `parts`; undefined: nothing, and the directory above them is there. */
async function makeReady({ directory }: RuntimeLayout, parts: readonly string[]): Promise<string | undefined> {
  const fault = judgeRuntimePath(directory);
  if (fault !== undefined) return fault;
  try {
    await makeDirectory(directory);
    const reason = await findObstacle(directory, parts);
    return reason === undefined ? undefined : `${JSON.stringify(directory)} ${reason}`;
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** With all above it. Node's own way to do that never ends where the kernel lets nobody make one, as in /proc. */
async function makeDirectory(directory: string): Promise<void> {
  if (existsSync(directory)) return;
  const parent = dirname(directory);
  if (!existsSync(parent)) await makeDirectory(parent);
  await mkdir(directory, { mode: 0o755 });
}

/** The owner could exchange files while nginx reads them; root could do that anywhere. */
async function findObstacle(directory: string, parts: readonly string[]): Promise<string | undefined> {
  const found = await stat(directory);
  if (!found.isDirectory()) return 'is not a directory';
  if (found.uid !== 0 && found.uid !== process.getuid?.()) return `belongs to another user (${found.uid})`;
  // Where all parts are volumes of their own, what is above them may be closed.
  const isComplete = parts.every((part) => dirname(part) !== directory || existsSync(part));
  if (!isComplete && !(await mayWrite(directory))) return 'cannot be written';
  for (const part of parts) if (!(await mayWrite(part))) return `cannot be written: ${part} is closed`;
  return undefined;
}

/** Also true for what is not there. */
async function mayWrite(directory: string): Promise<boolean> {
  return access(directory, constants.W_OK | constants.X_OK).then(
    () => true,
    (error: unknown) => isSystemError(error, 'ENOENT'),
  );
}
