import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, systemClock, until } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { controllerArguments, makePod } from './harness/api-controller.ts';
import { endpointsOf, startCafeCluster, type CafeCluster } from './harness/cafe-cluster.ts';
import { NAMESPACE } from './harness/deployment.ts';

const WORKSPACE = join(import.meta.dirname, '../..');
/** Debian's libfaketime; it tells the processes that it is loaded into whatever wall time a file says. */
const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;
const isThere = existsSync(LIBRARY);
/** The promise: a change after a jump is live within this. */
const LIVE_MS = 5000;
const QUIET_MS = 2000;
const DAY_MS = 24 * 60 * 60 * 1000;

let directory: string;
let cluster: CafeCluster;
let controller: ChildProcess;
let output = '';
let jumps = 0;
const ports = { httpPort: 0, httpsPort: 0, healthPort: 0, statusPort: 0 };

/** The clock of the controller and its nginx is off by so much from now on. */
async function jump(days: number): Promise<void> {
  await writeFile(join(directory, 'new'), `${days < 0 ? '' : '+'}${days}d\n`);
  await rename(join(directory, 'new'), join(directory, 'time'));
}

async function startController(): Promise<void> {
  for (const port of Object.keys(ports) as (keyof typeof ports)[]) ports[port] = await freePort();
  const place = { kubeconfig: cluster.controllerKubeconfig, runtimeDirectory: join(directory, 'runtime'), ports };
  const argv = ['apps/controller/src/main.ts', ...controllerArguments(place)];
  controller = spawn(process.execPath, [...argv, '--publish-service=$(POD_NAMESPACE)/ingress-nginx'], {
    cwd: WORKSPACE,
    env: {
      ...{ PATH: process.env['PATH'], POD_NAME: 'controller-0', POD_NAMESPACE: NAMESPACE },
      ...{ LD_PRELOAD: LIBRARY, FAKETIME_TIMESTAMP_FILE: join(directory, 'time') },
      // Monotonic time is what a jump of the clock leaves alone.
      ...{ FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_CACHE_DURATION: '0' },
    },
  });
  for (const stream of [controller.stdout, controller.stderr]) stream?.on('data', (part) => (output += String(part)));
  const isReady = () =>
    fetch(`http://127.0.0.1:${ports.healthPort}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isReady);
}

/** The wall time of the controller, as its log has it. */
function timeOfLogMs(): number {
  return Date.parse([...output.matchAll(/"time":"([^"]+)"/g)].at(-1)?.[1] ?? '');
}

async function backendOf(host: string): Promise<string> {
  const { status, body } = await ask(ports, { ask: `GET http://${host}/` });
  return status === 200 ? (JSON.parse(body) as { backend: string }).backend : String(status);
}

/** Milliseconds until what was changed is served so. */
async function liveAfter(change: object, host: string, backend: string): Promise<number> {
  await cluster.apply(change);
  const beganMs = systemClock.monotonicMs();
  await until(async () => (await backendOf(host)) === backend);
  return Math.round(systemClock.monotonicMs() - beganMs);
}

function anIngress(name: string): object {
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  const rules = [{ host: `${name}.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
  return { ...kind, metadata: { name }, spec: { ingressClassName: 'nginx', rules } };
}

(isThere ? describe : describe.skip)('a clock that jumps (with libfaketime of Debian)', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'clock-jump-'));
    await chmod(directory, 0o755);
    await jump(0);
    cluster = await startCafeCluster();
    await makePod(cluster.server, 'controller-0');
    await startController();
    await liveAfter(anIngress('before'), 'before.example.com', 'tea');
  }, 120_000);

  afterAll(async () => {
    controller.kill('SIGTERM');
    if (controller.exitCode === null) await once(controller, 'exit');
    await cluster.close();
    await rm(directory, { recursive: true, force: true });
  });

  const statusOf = (name: string): Promise<string> =>
    cluster.server.kubectl(['get', 'ingress', name, '-o', 'jsonpath={.status.loadBalancer.ingress[0].ip}']);

  it.each([
    ['forward to 2040', 5000],
    ['back by years', 10],
    // Ten days are a wait that a timer takes; longer ones overflow it, and end at once.
    ['back by ten days', 0],
    ['back by a year', -365],
    ['forward to now', 0],
  ])(
    'jumps %s: changes are live, and status is written, as before',
    async (where, days) => {
      // What the last change brought with it, such as its status, is over.
      await delay(QUIET_MS);
      await jump(days);
      const name = `after-${(jumps += 1)}`;
      // Endpoints first: whatever was to wait for a moment of the other time would wait for it now.
      const endpointsMs = await liveAfter(endpointsOf('tea-svc', cluster.coffee), 'before.example.com', 'coffee');
      const routeMs = await liveAfter(anIngress(name), `${name}.example.com`, 'coffee');
      const againMs = await liveAfter(endpointsOf('tea-svc', cluster.tea), `${name}.example.com`, 'tea');
      const beganMs = systemClock.monotonicMs();
      await until(async () => (await statusOf(name)) !== '');
      const statusMs = Math.round(systemClock.monotonicMs() - beganMs);
      console.log(
        `clock ${where}: endpoints ${endpointsMs} and ${againMs} ms, a route ${routeMs} ms, its status ${statusMs} ms later`,
      );
      expect(Math.abs(timeOfLogMs() - Date.now() - days * DAY_MS)).toBeLessThan(DAY_MS);
      expect(Math.max(endpointsMs, routeMs, againMs)).toBeLessThan(LIVE_MS);
    },
    60_000,
  );
});
