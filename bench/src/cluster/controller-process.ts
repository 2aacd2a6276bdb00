/**
 * Duty: the controller as it is shipped, in a process of its own, on an API server; nginx is its child.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { GatePorts } from '@gatehouse/e2e';
import { freePort } from '@gatehouse/testing';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUNDLE = join(ROOT, 'dist/apps/controller/main.mjs');
const POLL_MS = 10;
const READY_WITHIN_MS = 120_000;

export interface ControllerProcess extends GatePorts {
  /** From the start of the process to its first /readyz with 200. */
  readonly startMs: number;
  /** Resident memory of the controller's own process, without nginx. */
  residentMiB(): number;
  /** How many configurations have run so far: each came with a reload, but the first. */
  configurations(): number;
  /** Hosts in the configuration that runs. */
  servedHosts(): number;
  close(): Promise<void>;
}

/** Makes the bundle. Throws when that fails. */
export function buildController(): void {
  const nx = spawnSync(join(ROOT, 'node_modules/.bin/nx'), ['run', 'controller:build'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (nx.status !== 0) throw new Error(`the controller could not be built:\n${nx.stdout}${nx.stderr}`);
}

/** Starts it and waits until it is ready. */
export async function startController(kubeconfig: string): Promise<ControllerProcess> {
  const [httpPort, httpsPort, healthPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const runtimeDirectory = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  const startedMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      BUNDLE,
      `--kubeconfig=${kubeconfig}`,
      `--runtime-dir=${runtimeDirectory}`,
      '--listen-address=127.0.0.1',
      `--http-port=${httpPort}`,
      `--https-port=${httpsPort}`,
      '--healthz-host=127.0.0.1',
      `--healthz-port=${healthPort}`,
      '--status-port=0',
      '--post-shutdown-grace-period=0',
      `--nginx-binary=${process.env['GATEHOUSE_NGINX_BINARY'] ?? ''}`,
      '--publish-status-address=192.0.2.1',
      '--log-level=warn',
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], POD_NAME: 'bench', POD_NAMESPACE: 'default', NODE_OPTIONS: nodeOptions() },
    },
  );
  const said = keepTail(child);
  const configurations = new Set<string>();
  const watching = setInterval(() => noteConfiguration(runtimeDirectory, configurations), POLL_MS);
  const close = async (): Promise<void> => {
    clearInterval(watching);
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(runtimeDirectory, { recursive: true, force: true });
  };
  try {
    await untilReady(child, { healthPort, said });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    httpPort,
    httpsPort,
    startMs: performance.now() - startedMs,
    residentMiB: () => residentMiB(child.pid),
    configurations: () => configurations.size,
    servedHosts: () => countHosts(join(runtimeDirectory, 'config/current/nginx.conf')),
    close,
  };
}

interface Waiting {
  readonly healthPort: number;
  readonly said: () => string;
}

/** Those that the image has. */
function nodeOptions(): string {
  const dockerfile = readFileSync(join(ROOT, 'deploy/images/controller/Dockerfile'), 'utf8');
  const [, options] = /\bNODE_OPTIONS=(\S+)/.exec(dockerfile) ?? [];
  if (options === undefined) throw new Error('the Dockerfile of the controller sets no NODE_OPTIONS');
  return options;
}

async function untilReady(child: ChildProcess, { healthPort, said }: Waiting): Promise<void> {
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (!(await isReady(healthPort))) {
    if (child.exitCode !== null) throw new Error(`the controller ended: ${said()}`);
    if (performance.now() > deadlineMs) throw new Error(`the controller is not ready: ${said()}`);
    await delay(POLL_MS);
  }
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function keepTail({ stderr }: ChildProcess): () => string {
  let tail = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-4000)));
  return () => tail;
}

/** The symlink is switched once for each configuration that nginx has accepted. */
function noteConfiguration(runtimeDirectory: string, seen: Set<string>): void {
  try {
    seen.add(readlinkSync(join(runtimeDirectory, 'config/current')));
  } catch {
    // There is none yet.
  }
}

function countHosts(file: string): number {
  return readFileSync(file, 'utf8').match(/^\s*server_name [a-z]/gm)?.length ?? 0;
}

function residentMiB(pid = 0): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}
