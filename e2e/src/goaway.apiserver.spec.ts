import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectKubeApi, createKubeSource, type KubeApi, type KubeSource } from '@gatehouse/kube-client';
import {
  ingressJson,
  RecordingLogger,
  SCENARIO_CONFIG_MAP,
  secretsOfTls,
  startApiServer,
  systemClock,
  until,
  type ApiServer,
} from '@gatehouse/testing';

const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
/** The most that the server takes: each fiftieth request is told to go away with its connection. */
const CHANCE = '0.02';
const REQUESTS = 2000;
const AT_ONCE = 20;

let server: ApiServer;
let api: KubeApi;
let source: KubeSource;

beforeAll(async () => {
  server = await startApiServer({ flags: [`--goaway-chance=${CHANCE}`] });
  await server.request('POST', INGRESSES, ingressJson('cafe'));
  const logger = new RecordingLogger();
  api = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger });
  source = createKubeSource({
    ...{ api, logger, clock: systemClock, jitter: Math.random },
    ...{ watchNamespace: '', configMaps: [SCENARIO_CONFIG_MAP], services: [], secretsOf: secretsOfTls },
  });
  await source.start(() => undefined);
}, 120_000);

afterAll(async () => {
  await source.stop();
  await api.close();
  await server.stop();
});

describe('an API server that asks clients to leave their connections (GOAWAY)', () => {
  it('keeps no request waiting while watches are open, and no change from them', async () => {
    // The first list may itself have been asked again.
    const listsBefore = source.counters().get('Ingress')?.lists;
    let [slowestMs, failed, left] = [0, 0, REQUESTS];
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const beganMs = systemClock.monotonicMs();
        await api.send({ path: `${INGRESSES}/cafe` }).catch(() => (failed += 1));
        slowestMs = Math.max(slowestMs, systemClock.monotonicMs() - beganMs);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    console.log(
      `GOAWAY ${CHANCE}: ${REQUESTS} requests, ${failed} to be asked again, slowest ${Math.round(slowestMs)} ms`,
    );
    expect(slowestMs).toBeLessThan(5000);
    expect(failed).toBeLessThan(REQUESTS / 4);
    await server.request('POST', INGRESSES, ingressJson('after'));
    await until(() => source.snapshot().ingresses.size === 2);
    expect(source.counters().get('Ingress')?.lists).toBe(listsBefore);
  }, 120_000);
});
