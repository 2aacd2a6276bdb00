/**
 * Duty: the figures of a controller that reads a real API server: how long it takes to start, how much memory it holds, how
 * soon a new Ingress is answered.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ask, nonLoopbackAddress, startEchoBackend, type GatePorts } from '@gatehouse/e2e';
import { connectKubeApi, type KubeApi } from '@gatehouse/kube-client';
import { apiServerAssets, RecordingLogger, startApiServer, type ApiServer } from '@gatehouse/testing';
import { buildBundle } from '../bundled-program.ts';
import { atEvenRate, type EvenRate } from '../even-rate.ts';
import { median, percentile, spread, type Measured } from '../figure.ts';
import { startController, type ControllerProcess } from './controller-process.ts';
import {
  create,
  endpointSlice,
  hostOf,
  ingress,
  inParallel,
  makeApplications,
  makeSurroundings,
  namespaceOf,
  patch,
  range,
  service,
} from './objects.ts';

const NEW_INGRESSES = 60;
const CHANGES_PER_SECOND = 20;
const BATCH = 500;
const ANSWER_WITHIN_MS = 30_000;
/** Longer than the longest hold-off and a reload with many hosts. */
const SETTLED_AFTER_MS = 5000;

export async function* measureCluster(): AsyncIterable<Measured> {
  if (apiServerAssets() === undefined) {
    yield { name: 'everything on an API server', why: 'KUBEBUILDER_ASSETS names no directory with kube-apiserver' };
    return;
  }
  buildBundle('controller');
  const server = await startApiServer();
  const api = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger: new RecordingLogger() });
  try {
    await makeSurroundings(api);
    await makeApplications(api, { from: 0, to: 1000 });
    yield* measureAtThousand(server, api);
    await makeApplications(api, { from: 1000, to: 5000 });
    yield* measureStart(server, { ingresses: 5000, startMs: 15_000 });
    await makeApplications(api, { from: 5000, to: 10_000 });
    yield* measureStart(server, { ingresses: 10_000, residentMiB: 500 });
  } finally {
    await api.close();
    await server.stop();
  }
}

interface StartBars {
  readonly ingresses: number;
  readonly startMs?: number;
  readonly residentMiB?: number;
}

async function* measureStart(server: ApiServer, bars: StartBars): AsyncIterable<Measured> {
  const controller = await startController(server.adminKubeconfig);
  try {
    yield* figuresOfStart(controller, bars);
  } finally {
    await controller.close();
  }
}

async function* figuresOfStart(controller: ControllerProcess, bars: StartBars): AsyncIterable<Measured> {
  const served = controller.servedHosts();
  if (served < bars.ingresses) throw new Error(`ready with ${served} hosts of ${bars.ingresses}`);
  const count = bars.ingresses.toLocaleString('en');
  if (bars.startMs !== undefined) {
    const name = `start → ready, ${count} Ingresses, Services and EndpointSlices there`;
    yield { name, unit: 'ms', measured: controller.startMs, bar: { atMost: bars.startMs } };
  }
  if (bars.residentMiB !== undefined) {
    const name = `resident memory of the controller's process, ${count} Ingresses`;
    const ready = controller.residentMiB();
    await delay(SETTLED_AFTER_MS);
    const measured = Math.max(ready, controller.residentMiB());
    yield { name, unit: 'MiB', measured, bar: { atMost: bars.residentMiB } };
  }
}

async function* measureAtThousand(server: ApiServer, api: KubeApi): AsyncIterable<Measured> {
  const controller = await startController(server.adminKubeconfig);
  try {
    yield* figuresOfStart(controller, { ingresses: 1000, startMs: 5000, residentMiB: 200 });
    yield* measureNewIngresses(api, controller);
    yield await measureBatch(api, controller);
  } finally {
    await controller.close();
  }
}

async function* measureNewIngresses(api: KubeApi, controller: ControllerProcess): AsyncIterable<Measured> {
  const address = nonLoopbackAddress();
  const backend = await startEchoBackend({ name: 'web', address });
  const namespace = namespaceOf(0);
  await create(api, service('web', namespace));
  await create(api, endpointSlice({ name: 'web', namespace, endpoints: [{ address, port: backend.port }] }));
  const changes = changeEndpoints(api);
  try {
    const times: number[] = [];
    for (const index of range(0, NEW_INGRESSES)) {
      const name = `new-${index}`;
      const startedMs = performance.now();
      await create(api, ingress({ name, namespace, service: 'web' }));
      await untilAnswered(controller, hostOf(name));
      times.push(performance.now() - startedMs);
      // At no fixed time after the last reload.
      await delay(Math.random() * 500);
    }
    const rate = await changes.stop();
    const setting = `a new Ingress → its answer, 1,000 Ingresses, ${CHANGES_PER_SECOND} endpoints changing a second`;
    const note = `${spread(times)}; ${rate.toFixed(1)} changes a second`;
    yield { name: `${setting}, median`, unit: 'ms', measured: median(times), bar: { atMost: 400 }, note };
    yield { name: `${setting}, 95 of 100`, unit: 'ms', measured: percentile(times, 0.95), bar: { atMost: 1500 } };
  } finally {
    await changes.stop();
    await backend.close();
  }
}

async function untilAnswered(gate: GatePorts, host: string): Promise<void> {
  const deadlineMs = performance.now() + ANSWER_WITHIN_MS;
  while ((await ask(gate, { ask: `GET http://${host}/` })).status !== 200) {
    if (performance.now() > deadlineMs) throw new Error(`${host} was not served within ${ANSWER_WITHIN_MS} ms`);
    await delay(5);
  }
}

/** Gives one application after another a new endpoint. */
function changeEndpoints(api: KubeApi): EvenRate {
  return atEvenRate(CHANGES_PER_SECOND, (count) => {
    const index = (count * 7) % 1000;
    const address = `198.51.100.${(count % 250) + 2}`;
    const slice = endpointSlice({
      name: `app-${index}`,
      namespace: namespaceOf(index),
      endpoints: [{ address, port: 8080 }],
    });
    return patch(api, slice);
  });
}

async function measureBatch(api: KubeApi, controller: ControllerProcess): Promise<Measured> {
  await delay(SETTLED_AFTER_MS);
  const before = controller.configurations();
  const startedMs = performance.now();
  await inParallel(range(0, BATCH), (index) => {
    const namespace = namespaceOf(index);
    return create(api, ingress({ name: `batch-${index}`, namespace, service: `app-${index}` }));
  });
  const appliedMs = performance.now() - startedMs;
  await delay(SETTLED_AFTER_MS);
  return {
    name: `reloads for ${BATCH} Ingresses applied at once, with 1,000 there`,
    unit: 'count',
    measured: controller.configurations() - before,
    bar: { atMost: 5 },
    note: `applied within ${(appliedMs / 1000).toFixed(1)} s`,
  };
}
