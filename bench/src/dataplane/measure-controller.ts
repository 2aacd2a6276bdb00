/**
 * Duty: the figures of endpoints all the way: from the request that changes them at an API server, through the controller, to
 * the first answer of a new one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ask, nonLoopbackAddress, startEchoBackend, testedCapabilities, type EchoBackend } from '@gatehouse/e2e';
import { connectKubeApi, type KubeApi } from '@gatehouse/kube-client';
import { apiServerAssets, RecordingLogger, startApiServer } from '@gatehouse/testing';
import { buildBundle } from '../bundled-program.ts';
import { startController, type ControllerProcess } from '../cluster/controller-process.ts';
import {
  endpointSlice,
  hostOf,
  inParallel,
  makeApplications,
  makeSurroundings,
  namespaceOf,
  patch,
  range,
} from '../cluster/objects.ts';
import { atEvenRate } from '../even-rate.ts';
import type { Measured } from '../figure.ts';
import { figuresOfChanges } from './change-figures.ts';
import { PAUSE_MS } from './told-nginx.ts';

const ISOLATED_CHANGES = 100;
const SECOND_CHANGES = 20;
const COST_MS = 20_000;
const CHANGES_PER_SECOND = 1000 / 60;
const USED_WITHIN_MS = 30_000;
const QUIET_WITHIN_MS = 180_000;
const QUIET_SHARE = 0.1;
const LOOK_MS = 5000;

export async function* measureController(): AsyncIterable<Measured> {
  const name = 'endpoints through the controller';
  const { upstreamResolve, version } = testedCapabilities();
  if (!upstreamResolve) {
    yield { name, why: `nginx ${version} cannot: 1.27.3 is the first that can` };
    return;
  }
  if (apiServerAssets() === undefined) {
    yield { name, why: 'KUBEBUILDER_ASSETS names no directory with kube-apiserver' };
    return;
  }
  buildBundle('controller');
  const server = await startApiServer();
  const api = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger: new RecordingLogger() });
  const address = nonLoopbackAddress();
  const backends = await Promise.all(['one', 'two'].map((each) => startEchoBackend({ name: each, address })));
  try {
    await makeSurroundings(api);
    let from = 0;
    for (const to of [1000, 10_000]) {
      await makeApplications(api, { from, to });
      from = to;
      const controller = await startController(server.adminKubeconfig);
      try {
        yield* measureAt(to, { api, controller, address, backends });
      } finally {
        await controller.close();
      }
    }
  } finally {
    await Promise.all(backends.map((backend) => backend.close()));
    await api.close();
    await server.stop();
  }
}

interface Cluster {
  readonly api: KubeApi;
  readonly controller: ControllerProcess;
  readonly address: string;
  readonly backends: readonly EchoBackend[];
}

async function* measureAt(count: number, cluster: Cluster): AsyncIterable<Measured> {
  const setting = `${count.toLocaleString('en')} Services`;
  await inParallel(range(0, ISOLATED_CHANGES + SECOND_CHANGES), (index) => changeTo(cluster, { index, backend: 1 }));
  await untilQuiet(cluster.controller);
  const before = cluster.controller.configurations();
  const name = 'endpoints changed at the API server → nginx uses them';
  const isolated = await timeIsolated(cluster);
  const second = await timeSecond(cluster);
  yield* figuresOfChanges({ name, setting }, { isolated, second });
  yield* measureCost(cluster, { count, setting });
  const reloads = cluster.controller.configurations() - before;
  yield { name: `reloads for all these changes, ${setting}`, unit: 'count', measured: reloads, bar: { atMost: 0 } };
}

/** After its start a controller writes the status of every Ingress. */
async function untilQuiet(controller: ControllerProcess): Promise<void> {
  const deadlineMs = performance.now() + QUIET_WITHIN_MS;
  while ((await shareOfCore(controller, () => delay(LOOK_MS))) > QUIET_SHARE) {
    if (performance.now() > deadlineMs) return;
  }
}

/** Each of a Service that has been quiet. */
async function timeIsolated(cluster: Cluster): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < ISOLATED_CHANGES; index++) {
    times.push(await timeChange(cluster, { index, backend: 0 }));
    // At no fixed time after the last round.
    await delay(Math.random() * 100);
  }
  return times;
}

async function timeSecond(cluster: Cluster): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = ISOLATED_CHANGES; index < ISOLATED_CHANGES + SECOND_CHANGES; index++) {
    await timeChange(cluster, { index, backend: 0 });
    await delay(((index - ISOLATED_CHANGES) * PAUSE_MS) / SECOND_CHANGES);
    times.push(await timeChange(cluster, { index, backend: 1 }));
  }
  return times;
}

interface Change {
  readonly index: number;
  /** The one that is to answer from now on. */
  readonly backend: number;
}

async function timeChange(cluster: Cluster, change: Change): Promise<number> {
  const { controller, backends } = cluster;
  const name = `app-${change.index}`;
  const backend = backends[change.backend]!;
  const startedMs = performance.now();
  await changeTo(cluster, change);
  const count = backend.requestCount();
  while (backend.requestCount() === count) {
    if (performance.now() - startedMs > USED_WITHIN_MS) throw new Error(`${name} was not used in time`);
    await ask(controller, { ask: `GET http://${hostOf(name)}/` });
  }
  return performance.now() - startedMs;
}

function changeTo({ api, address, backends }: Cluster, { index, backend }: Change): Promise<unknown> {
  const endpoints = [{ address, port: backends[backend]!.port }];
  return patch(api, endpointSlice({ name: `app-${index}`, namespace: namespaceOf(index), endpoints }));
}

/** Of Services whose endpoints nobody asks for. */
async function* measureCost(
  { api, controller }: Cluster,
  { count, setting }: { readonly count: number; readonly setting: string },
): AsyncIterable<Measured> {
  const idle = await shareOfCore(controller, () => delay(COST_MS));
  yield { name: `controller and nginx when nothing changes, ${setting}, of a core`, unit: 'ratio', measured: idle };
  const busy = await shareOfCore(controller, async () => {
    const changes = atEvenRate(CHANGES_PER_SECOND, (done) => {
      const index = ISOLATED_CHANGES + SECOND_CHANGES + ((done * 37) % (count - ISOLATED_CHANGES - SECOND_CHANGES));
      const endpoints = [{ address: `198.51.100.${2 + (done % 250)}`, port: 8080 }];
      return patch(api, endpointSlice({ name: `app-${index}`, namespace: namespaceOf(index), endpoints }));
    });
    await delay(COST_MS);
    await changes.stop();
  });
  yield {
    name: `1,000 changes a minute add, controller and nginx, ${setting}, of a core`,
    unit: 'ratio',
    measured: Math.max(0, busy - idle),
    bar: { atMost: 0.1 },
  };
}

async function shareOfCore({ processorMs }: ControllerProcess, work: () => Promise<unknown>): Promise<number> {
  const [startedMs, before] = [performance.now(), processorMs()];
  await work();
  return (processorMs() - before) / (performance.now() - startedMs);
}
