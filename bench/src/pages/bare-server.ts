/**
 * Duty: the bare express app in a process of its own, on the core and with the options of Node that ours has.
 */
import { askPort, freePort, until } from '@gatehouse/testing';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeOptions } from '../bundled-program.ts';
import type { Sent } from './bare-express.ts';

export interface BareServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers when the promise resolves. */
export async function startBareExpress(sent: Sent, core: number | undefined): Promise<BareServer> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(directory, 'sent.json');
  writeFileSync(file, JSON.stringify(sent));
  const port = await freePort();
  const script = join(import.meta.dirname, 'bare-express.ts');
  const args = [script, String(port), file];
  const pinned = ['--cpu-list', String(core), process.execPath, ...args];
  const [program, given] = core === undefined ? [process.execPath, args] : ['taskset', pinned];
  const child = spawn(program, given, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', NODE_OPTIONS: nodeOptions('default-backend') },
  });
  const close = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const isUp = (): Promise<boolean> =>
    askPort({ port }).then(
      () => true,
      () => false,
    );
  await until(isUp);
  return { port, close };
}
