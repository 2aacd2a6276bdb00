/**
 * Duty: a whole controller program on a real API server, as a Pod of the namespace `ingress-nginx` that exists there,
 * with a real nginx on loopback.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runController } from '@gatehouse/controller';
import { freePort, until, type ApiServer } from '@gatehouse/testing';
import type { GatePorts } from './ask.ts';
import { NAMESPACE } from './deployment.ts';

export interface ApiController extends GatePorts {
  readonly podName: string;
  readonly runtimeDirectory: string;
  /** Status of a path on the health port; 0 while nothing listens there. */
  health(path: string): Promise<number>;
  metrics(): Promise<string>;
  /** Lines of the log, one JSON object each. */
  log(): readonly Readonly<Record<string, unknown>>[];
  untilReady(): Promise<void>;
  /** SIGTERM; the answer is the exit code. */
  terminate(): Promise<number>;
}

export interface ApiControllerOptions {
  readonly podName: string;
  /** Who it is to the API server. */
  readonly kubeconfig: string;
  readonly flags?: readonly string[];
}

/** Its Pod must be there, or be made by `makePod`. */
export async function startApiController(options: ApiControllerOptions): Promise<ApiController> {
  const { kubeconfig, podName, flags = [] } = options;
  const [httpPort, httpsPort, healthPort, statusPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const directory = mkdtempSync(join(tmpdir(), 'api-controller-'));
  // nginx' workers run as another user when the test is root.
  chmodSync(directory, 0o755);
  const [end, cutOff] = [new AbortController(), new AbortController()];
  let text = '';
  const ports = { httpPort, httpsPort, healthPort, statusPort };
  const runtimeDirectory = join(directory, 'runtime');
  const argv = [...controllerArguments({ kubeconfig, runtimeDirectory, ports }), ...flags];
  const exitCode = runController({
    argv,
    env: { PATH: process.env['PATH'], POD_NAME: podName, POD_NAMESPACE: NAMESPACE },
    stdout: { write: () => true },
    stderr: { write: (line) => (text += line) },
    signal: end.signal,
    cutOff: cutOff.signal,
  }).finally(() => rmSync(directory, { recursive: true, force: true }));
  const health = async (path: string): Promise<number> => {
    try {
      return (await fetch(`http://127.0.0.1:${healthPort}${path}`)).status;
    } catch {
      return 0;
    }
  };
  return {
    podName,
    runtimeDirectory,
    httpPort,
    httpsPort,
    health,
    metrics: async () => (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text(),
    log: () =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async untilReady() {
      await until(async () => (await health('/readyz')) === 200);
    },
    terminate() {
      end.abort();
      return exitCode;
    },
  };
}

export interface ControllerPlace {
  readonly kubeconfig: string;
  readonly runtimeDirectory: string;
  readonly ports: Readonly<Record<'healthPort' | 'httpPort' | 'httpsPort' | 'statusPort', number>>;
}

/** How a controller is started that serves on loopback; POD_NAME and POD_NAMESPACE have to be in its environment. */
export function controllerArguments({ kubeconfig, runtimeDirectory, ports }: ControllerPlace): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--configmap=$(POD_NAMESPACE)/nginx-configuration',
    '--annotations-prefix=nginx.ingress.kubernetes.io',
    `--runtime-dir=${runtimeDirectory}`,
    '--listen-address=127.0.0.1',
    `--http-port=${ports.httpPort}`,
    `--https-port=${ports.httpsPort}`,
    '--healthz-host=127.0.0.1',
    `--healthz-port=${ports.healthPort}`,
    `--status-port=${ports.statusPort}`,
    '--post-shutdown-grace-period=0',
    `--nginx-binary=${process.env['GATEHOUSE_NGINX_BINARY'] ?? ''}`,
  ];
}

/** A Pod that runs, as a kubelet would have it, with the labels of its workload. */
export async function makePod(server: ApiServer, name: string): Promise<void> {
  const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const labels = { 'app.kubernetes.io/name': 'gatehouse-spec', 'pod-template-hash': 'abc' };
  const container = {
    ...{ name: 'controller', image: 'example.com/controller:1' },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
  const securityContext = { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } };
  await server.request('POST', pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { automountServiceAccountToken: false, securityContext, containers: [container] },
  });
  const pod = (await server.request('GET', `${pods}/${name}`)) as object;
  const conditions = [{ type: 'Ready', status: 'True' }];
  await server.request('PUT', `${pods}/${name}/status`, { ...pod, status: { phase: 'Running', conditions } });
}
