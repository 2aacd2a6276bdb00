/**
 * Duty: one controller for each runtime directory: two would end each other's nginx for ever. The lock is a socket that
 * somebody answers on, so that a killed holder leaves none behind.
 */
import { createServer } from 'node:net';
import { ok, type Result } from '@gatehouse/core';
import { listenOnUnixSocket } from './unix-socket.ts';

export interface ControllerLock {
  release(): Promise<void>;
}

/**
 * Takes the lock `file`, also from a holder that is gone. The error is who holds it: "process 12", or "a process" when it
 * does not say. Throws when the file cannot be made.
 */
export async function takeControllerLock(file: string): Promise<Result<ControllerLock>> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(String(process.pid));
  });
  const listening = await listenOnUnixSocket(server, file);
  if (!listening.ok) return listening;
  server.unref();
  return ok({ release: () => new Promise((resolve) => server.close(() => resolve())) });
}
