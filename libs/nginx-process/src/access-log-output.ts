/**
 * Duty: giving nginx a standard output that it can open by name (`/dev/stdout`). A terminal, a file and a pipe can be
 * opened again; a socket, which Node and systemd like to give, cannot.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where nginx' standard output goes. */
export interface AccessLogOutput {
  /** File descriptor for the child. */
  readonly descriptor: number;
  /** Why what is written goes nowhere; undefined: it goes where it should. */
  readonly loss?: string;
  /** To be called when the child was spawned; what relays ends by itself when the last writer has ended. */
  release(): void;
}

/**
 * `descriptor` itself when it can be opened by name, else the end of a pipe that `cat` copies to it: a process of its
 * own, so that nginx never waits for ours. Nothing stays in `directory`. Where the machine has no such programs what is
 * written is lost, which is no reason not to serve.
 */
export function openAccessLogOutput(descriptor: number, directory: string): AccessLogOutput {
  if (canBeOpenedByName(descriptor)) return { descriptor, release: () => undefined };
  try {
    return relayTo(descriptor, directory);
  } catch (error) {
    const nowhere = openSync('/dev/null', constants.O_WRONLY);
    const reason = error instanceof Error ? error.message : String(error);
    return { descriptor: nowhere, loss: reason, release: () => closeSync(nowhere) };
  }
}

function canBeOpenedByName(descriptor: number): boolean {
  try {
    closeSync(openSync(`/dev/fd/${descriptor}`, constants.O_WRONLY | constants.O_APPEND));
    return true;
  } catch {
    return false;
  }
}

function relayTo(descriptor: number, directory: string): AccessLogOutput {
  const fifo = join(directory, `access-log.${randomBytes(6).toString('hex')}.part`);
  const { error, status } = spawnSync('mkfifo', ['-m', '600', fifo]);
  if (error !== undefined || status !== 0) throw new Error('mkfifo could not be run', { cause: error });
  try {
    // Opening one end waits for the other, unless it is opened like this first.
    const opener = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(fifo, constants.O_WRONLY);
    const reader = openSync(fifo, constants.O_RDONLY);
    const copier = spawn('cat', [], { stdio: [reader, descriptor, 'ignore'], detached: true });
    // Without it nginx' access log is lost; that is no reason not to serve.
    copier.once('error', () => undefined);
    copier.unref();
    closeSync(opener);
    closeSync(reader);
    return { descriptor: writer, release: () => closeSync(writer) };
  } finally {
    rmSync(fifo, { force: true });
  }
}
