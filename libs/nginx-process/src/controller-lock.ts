/**
 * Duty: one controller for each runtime directory: two would end each other's nginx for ever. The lock is a socket that
 * somebody answers on, so that a killed holder leaves none behind.
 */
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { err, ok, type Result } from '@gatehouse/core';
import { isSystemError } from './system-error.ts';

export interface ControllerLock {
  release(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 2000;

/**
 * Takes the lock `file`, also from a holder that is gone. The error is who holds it: "process 12", or "a process" when it
 * does not say. Throws when the file cannot be made.
 */
export async function takeControllerLock(file: string): Promise<Result<ControllerLock>> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(String(process.pid));
  });
  if (!(await listens(server, file))) {
    const holder = await askHolder(file);
    if (holder !== undefined) return err(holder);
    await rm(file, { force: true });
    if (!(await listens(server, file))) return err((await askHolder(file)) ?? 'a process');
  }
  server.unref();
  return ok({ release: () => new Promise((resolve) => server.close(() => resolve())) });
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
