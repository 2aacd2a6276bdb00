/**
 * Duty: what a soak happens to: an API server, and a controller and a proxy in processes of their own, run as they are
 * deployed: as a user who may do nothing else, with the options of their images.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ClusterObjects, nonLoopbackAddress, writeRefusingNginx, type GatePorts } from '@gatehouse/e2e';
import { connectKubeApi } from '@gatehouse/kube-client';
import { freePort, RecordingLogger, startApiServer, type ApiServer } from '@gatehouse/testing';
import { startProgram, type BundledProgram } from '../bundled-program.ts';
import type { Sampled } from './process-sample.ts';

export interface SoakScene extends Sampled {
  readonly ports: GatePorts;
  /** Where backends have to listen. */
  readonly address: string;
  /** Objects in place of those that were applied by this name. */
  apply(name: string, objects: readonly object[]): Promise<void>;
  /** What the controller's /metrics says, by name with labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

const BUNDLES = resolve(import.meta.dirname, '../../../dist/apps');
/** Whom the images run as. */
const DEPLOYED_USER = 33;
const CLASS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: { name: 'nginx' },
  spec: { controller: 'k8s.io/ingress-nginx' },
};

export async function openSoakScene(): Promise<SoakScene> {
  const directory = mkdtempSync(join(tmpdir(), 'soak-'));
  const closings: (() => Promise<void> | void)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closing of closings.splice(0).reverse()) await closing();
  };
  try {
    const server = await startApiServer();
    closings.push(() => server.stop());
    const api = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger: new RecordingLogger() });
    closings.push(() => api.close());
    const apply = applierOf(new ClusterObjects(api));
    await apply('class', [CLASS]);
    const ports = { httpPort: await freePort(), httpsPort: await freePort() };
    const healthPort = await freePort();
    const place = prepare(directory, server);
    const programs = await startPrograms(place, { ...ports, healthPort, proxyPort: await freePort() });
    closings.push(async () => {
      await Promise.all(programs.map((program) => program.close()));
    });
    const [controller, proxy] = programs;
    return {
      ports,
      address: nonLoopbackAddress(),
      runtimeDirectory: place.runtimeDirectory,
      controller: controller.pid,
      proxy: proxy.pid,
      apply,
      metrics: () => metricsAt(healthPort),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Place {
  readonly directory: string;
  readonly runtimeDirectory: string;
  readonly kubeconfig: string;
  readonly nginx: string;
  /** Who the programs run as; undefined: as we do. */
  readonly user: number | undefined;
}

/** Everything that the programs read lies where their user can read it. */
function prepare(directory: string, server: ApiServer): Place {
  chmodSync(directory, 0o755);
  const runtimeDirectory = join(directory, 'runtime');
  const kubeconfig = join(directory, 'kubeconfig');
  const nginx = join(directory, 'nginx');
  mkdirSync(runtimeDirectory);
  writeFileSync(kubeconfig, kubeconfigOf(server), { mode: 0o600 });
  writeRefusingNginx(nginx);
  for (const app of ['controller', 'proxy']) cpSync(join(BUNDLES, app), join(directory, app), { recursive: true });
  const user = mayBecome(DEPLOYED_USER) ? DEPLOYED_USER : undefined;
  if (user !== undefined) for (const file of [runtimeDirectory, kubeconfig]) chownSync(file, user, user);
  return { directory, runtimeDirectory, kubeconfig, nginx, user };
}

function mayBecome(user: number): boolean {
  if (process.getuid?.() !== 0) return false;
  return spawnSync(process.execPath, ['--version'], { uid: user, gid: user }).status === 0;
}

function kubeconfigOf({ url, caFile, adminToken }: ApiServer): string {
  const authority = readFileSync(caFile).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'soak', cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name: 'soak', user: { token: adminToken } }],
    contexts: [{ name: 'soak', context: { cluster: 'soak', user: 'soak' } }],
    'current-context': 'soak',
  });
}

type Ports = Readonly<Record<'healthPort' | 'httpPort' | 'httpsPort' | 'proxyPort', number>>;

/** Each waits for the other. */
async function startPrograms(
  { directory, runtimeDirectory, kubeconfig, nginx, user }: Place,
  { httpPort, httpsPort, healthPort, proxyPort }: Ports,
): Promise<readonly [controller: BundledProgram, proxy: BundledProgram]> {
  const common = [`--runtime-dir=${runtimeDirectory}`, '--healthz-host=127.0.0.1'];
  const owner = { bundles: directory, ...(user === undefined ? {} : { user }) };
  const env = { POD_NAME: 'soak', POD_NAMESPACE: 'default' };
  const args = [
    ...common,
    `--healthz-port=${healthPort}`,
    '--proxy-agent',
    `--kubeconfig=${kubeconfig}`,
    '--listen-address=127.0.0.1',
    `--http-port=${httpPort}`,
    `--https-port=${httpsPort}`,
    '--status-port=0',
    '--post-shutdown-grace-period=0',
    '--publish-status-address=192.0.2.1',
  ];
  const proxyArgs = [...common, `--healthz-port=${proxyPort}`, `--nginx-binary=${nginx}`];
  const started = await Promise.allSettled([
    startProgram({ app: 'controller', args, env, healthPort, ...owner }),
    startProgram({ app: 'proxy', args: proxyArgs, env: {}, healthPort: proxyPort, ...owner }),
  ]);
  const [controller, proxy] = started;
  if (controller.status === 'fulfilled' && proxy.status === 'fulfilled') return [controller.value, proxy.value];
  for (const one of started) if (one.status === 'fulfilled') await one.value.close();
  throw new AggregateError(started.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])));
}

function applierOf(objects: ClusterObjects): SoakScene['apply'] {
  const named = new Map<string, readonly object[]>();
  return async (name, wanted) => {
    await objects.exchange(named.get(name) ?? [], wanted);
    named.set(name, wanted);
  };
}

async function metricsAt(port: number): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}
