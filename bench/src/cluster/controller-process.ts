/**
 * Duty: the controller on an API server, with nginx as its child, and what can be seen of it from outside.
 */
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatePorts } from '@gatehouse/e2e';
import { freePort } from '@gatehouse/testing';
import { processorMs, startProgram } from '../bundled-program.ts';

const POLL_MS = 10;

export interface ControllerProcess extends GatePorts {
  /** From the start of the process to its first /readyz with 200. */
  readonly startMs: number;
  /** Resident memory of the controller's own process, without nginx. */
  residentMiB(): number;
  /** Processor time of the controller and of nginx so far, in milliseconds. */
  processorMs(): number;
  /** How many configurations have run so far: each came with a reload, but the first. */
  configurations(): number;
  /** Hosts in the configuration that runs. */
  servedHosts(): number;
  close(): Promise<void>;
}

/** Starts it and waits until it is ready. */
export async function startController(kubeconfig: string): Promise<ControllerProcess> {
  const [httpPort, httpsPort, healthPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const runtimeDirectory = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
  const configurations = new Set<string>();
  const watching = setInterval(() => noteConfiguration(runtimeDirectory, configurations), POLL_MS);
  const forget = (): void => {
    clearInterval(watching);
    rmSync(runtimeDirectory, { recursive: true, force: true });
  };
  const args = [
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
  ];
  const env = { POD_NAME: 'bench', POD_NAMESPACE: 'default' };
  const program = await startProgram({ app: 'controller', args, env, healthPort }).catch((error: unknown) => {
    forget();
    throw error;
  });
  return {
    httpPort,
    httpsPort,
    startMs: program.startMs,
    residentMiB: () => program.residentMiB().now,
    processorMs: () => program.processorMs() + nginxMs(runtimeDirectory),
    configurations: () => configurations.size,
    servedHosts: () => countHosts(join(runtimeDirectory, 'config/current/nginx.conf')),
    async close() {
      await program.close();
      forget();
    },
  };
}

/** Of the master and the workers that it has now. */
function nginxMs(runtimeDirectory: string): number {
  const master = readFileSync(join(runtimeDirectory, 'proxy/nginx.pid'), 'utf8').trim();
  const workers = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ');
  return [master, ...workers].reduce((sum, id) => sum + processorMs(Number(id)), 0);
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
