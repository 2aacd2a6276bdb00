/**
 * Duty: listening on a unix socket whose file may be left from a process that is gone.
 */
import { rm } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { err, ok, type Result } from '@gatehouse/core';
import { isSystemError } from './system-error.ts';

const ANSWER_TIMEOUT_MS = 2000;

/**
 * Listens on `file`, in the place of a holder that is gone if need be. The error is who holds it: "process 12" when the
 * holder says its number to everybody who connects, else "a process". Throws when the file cannot be made.
 */
export async function listenOnUnixSocket(server: Server, file: string): Promise<Result<undefined>> {
  if (await listens(server, file)) return ok(undefined);
  const holder = await askHolder(file);
  if (holder !== undefined) return err(holder);
  await rm(file, { force: true });
  return (await listens(server, file)) ? ok(undefined) : err((await askHolder(file)) ?? 'a process');
}

/** False when there is such a file already. */
function listens(server: Server, file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      if (isSystemError(error, 'EADDRINUSE')) resolve(false);
      else reject(error);
    };
    server.once('error', refuse);
    server.listen(file, () => {
      server.off('error', refuse);
      resolve(true);
    });
  });
}

/** Undefined when nobody listens. A holder that is too busy to answer is alive all the same. */
function askHolder(file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(file);
    let id = '';
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (text: string) => (id += text));
    socket.on('error', (error) => {
      const isGone = isSystemError(error, 'ECONNREFUSED') || isSystemError(error, 'ENOENT');
      resolve(isGone ? undefined : 'a process');
    });
    socket.on('close', () => resolve(/^\d+$/.test(id) ? `process ${id}` : 'a process'));
  });
}
