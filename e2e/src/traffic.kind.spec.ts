import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, type GatePorts } from './harness/ask.ts';
import { eventually, kindCluster, NAMESPACE, type KindCluster } from './harness/kind-cluster.ts';
import { controllerPods, killContainer } from './harness/kind-pods.ts';
import { deployWorkload, type Workload } from './harness/kind-workload.ts';
import { startLoad, type Load } from './harness/load.ts';

const PER_SECOND = 200;
const CONTROLLER = 'deployment/ingress-nginx-controller';

describe('traffic at 200 requests a second', () => {
  let cluster: KindCluster;
  let gate: Required<GatePorts>;
  let workload: Workload;
  const loads: Load[] = [];

  beforeAll(async () => {
    cluster = kindCluster();
    gate = await cluster.gate();
    workload = await deployWorkload(cluster, { name: 'traffic', replicas: 2, className: 'nginx' });
    // Of two controller Pods each is asked by chance.
    await eventually(async () => {
      for (let count = 0; count < 12; count += 1) {
        expect(await ask(gate, { ask: `GET http://${workload.host}/` })).toMatchObject({ status: 200 });
      }
    });
  }, 150_000);

  afterEach(async () => {
    await Promise.all(loads.splice(0).map((load) => load.stop()));
    await readyControllers(2);
  }, 150_000);

  afterAll(() => workload.remove());

  const start = (connections: 'new' | 'kept', perSecond = PER_SECOND): Load => {
    const load = startLoad({ gate, host: workload.host, path: '/', perSecond, connections });
    loads.push(load);
    return load;
  };

  const readyControllers = async (count: number): Promise<void> => {
    await cluster.kubectl(['scale', '-n', NAMESPACE, CONTROLLER, `--replicas=${count}`]);
    await cluster.kubectl(['rollout', 'status', '-n', NAMESPACE, CONTROLLER, '--timeout=120s']);
    await eventually(async () => {
      expect(await controllerPods(cluster)).toHaveLength(count);
    }, 120_000);
  };

  it('loses nothing to a rolling update of the backend', async () => {
    const load = start('new');
    await load.during(1);
    await workload.roll();
    await load.during(3);
    const { requests, failures, backends } = await load.stop();
    expect({ failures, enough: requests > 5 * PER_SECOND }).toEqual({ failures: {}, enough: true });
    // Two that were there and two that took their place.
    expect(backends).toHaveLength(4);
  }, 150_000);

  it('loses nothing to the end of one of two controller Pods, on new and on kept connections', async () => {
    await readyControllers(2);
    const [pod] = await controllerPods(cluster);
    const together = [start('new', PER_SECOND / 2), start('kept', PER_SECOND / 2)];
    await together[0]?.during(1);
    await cluster.kubectl(['delete', 'pod', '-n', NAMESPACE, pod?.name ?? '', '--timeout=120s']);
    await together[0]?.during(3);
    const results = await Promise.all(together.map((load) => load.stop()));
    expect(results.map(({ failures }) => failures)).toEqual([{}, {}]);
  }, 240_000);

  it('is not touched by a restart of the API server', async () => {
    const load = start('new');
    await load.during(1);
    const [pod = ''] = (
      await cluster.kubectl([
        'get',
        'pods',
        '-n',
        'kube-system',
        '-l',
        'component=kube-apiserver',
        '-o',
        'jsonpath={.items[*].metadata.name}',
      ])
    ).split(' ');
    await killContainer(cluster, { namespace: 'kube-system', pod, container: 'kube-apiserver' });
    await expect(cluster.kubectl(['get', '--raw', '/readyz', '--request-timeout=2s'])).rejects.toThrow();
    await eventually(() => cluster.kubectl(['get', '--raw', '/readyz', '--request-timeout=2s']), 90_000);
    await load.during(2);
    expect((await load.stop()).failures).toEqual({});
    // The controller has found its way back: what changes now is served.
    await cluster.kubectl([
      'annotate',
      '-n',
      workload.namespace,
      'ingress/web',
      'nginx.ingress.kubernetes.io/app-root=/back',
    ]);
    await eventually(async () => {
      expect(await ask(gate, { ask: `GET http://${workload.host}/` })).toMatchObject({ status: 302 });
    }, 60_000);
    await cluster.kubectl([
      'annotate',
      '-n',
      workload.namespace,
      'ingress/web',
      'nginx.ingress.kubernetes.io/app-root-',
    ]);
    await eventually(async () => {
      expect(await ask(gate, { ask: `GET http://${workload.host}/` })).toMatchObject({ status: 200 });
    });
  }, 200_000);

  it('is not touched by the death of the container with the controller', async () => {
    await readyControllers(1);
    const [pod] = await controllerPods(cluster);
    const load = start('new');
    await load.during(1);
    await killContainer(cluster, { pod: pod?.name ?? '', container: 'controller' });
    await eventually(async () => {
      expect((await controllerPods(cluster))[0]?.restarts['controller']).toBeGreaterThan(0);
    }, 60_000);
    await load.during(2);
    expect((await load.stop()).failures).toEqual({});
  }, 200_000);

  it('is served by the last good configuration soon after the death of the container with nginx', async () => {
    await readyControllers(1);
    const [pod] = await controllerPods(cluster);
    await killContainer(cluster, { pod: pod?.name ?? '', container: 'proxy' });
    const diedMs = Date.now();
    const answeredMs = await eventually(async () => {
      expect(await ask(gate, { ask: `GET http://${workload.host}/` })).toMatchObject({ status: 200 });
      return Date.now();
    }, 30_000);
    const { startedMs } = await eventually(async () => {
      const found = (await controllerPods(cluster))[0]?.started['proxy'] ?? 0;
      expect(found).toBeGreaterThanOrEqual(Math.floor(diedMs / 1000) * 1000);
      return { startedMs: found };
    });
    // Kubernetes tells when a container started in whole seconds, and a Pod is sent requests only when it is ready again.
    expect(answeredMs - startedMs).toBeLessThan(4000);
  }, 200_000);
});
