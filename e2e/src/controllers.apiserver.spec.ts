import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import {
  makePod,
  startApiController,
  type ApiController,
  type ApiControllerOptions,
} from './harness/api-controller.ts';
import { startCafeCluster, type CafeCluster } from './harness/cafe-cluster.ts';
import { NAMESPACE } from './harness/deployment.ts';

const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/ingress-controller-leader`;

let cluster: CafeCluster;
const running: ApiController[] = [];

beforeAll(async () => {
  cluster = await startCafeCluster();
}, 120_000);
afterEach(async () => {
  await Promise.all(running.splice(0).map((controller) => controller.terminate()));
});
afterAll(() => cluster.close());

async function start(podName: string, more: Partial<ApiControllerOptions> = {}): Promise<ApiController> {
  const controller = await startApiController({
    kubeconfig: cluster.controllerKubeconfig,
    podName,
    ...more,
    flags: ['--election-id=ingress-controller-leader', '--election-ttl=4s', ...(more.flags ?? [])],
  });
  running.push(controller);
  return controller;
}

async function addresses(): Promise<string> {
  return cluster.server.kubectl(['get', 'ingress', 'cafe-ingress', '-o', 'jsonpath={.status.loadBalancer.ingress}']);
}
async function leader(): Promise<string | undefined> {
  const lease = await cluster.server.request('GET', LEASE).catch(() => undefined);
  return (lease as { spec: { holderIdentity?: string } } | undefined)?.spec.holderIdentity;
}
const teaOf = async (controller: ApiController): Promise<number> =>
  (await ask(controller, { ask: 'GET https://cafe.example.com/tea' })).status;

describe('controllers that share a cluster', () => {
  it('have one leader, who alone writes status; the next one goes on, and the last one clears it', async () => {
    await makePod(cluster.server, 'pod-0');
    await makePod(cluster.server, 'pod-1');
    const first = await start('pod-0', { flags: ['--publish-status-address=192.0.2.10'] });
    await first.untilReady();
    await until(async () => (await addresses()).includes('192.0.2.10'));
    const second = await start('pod-1', { flags: ['--publish-status-address=192.0.2.11'] });
    await second.untilReady();
    expect(await leader()).toBe('pod-0');
    expect([await teaOf(first), await teaOf(second)]).toEqual([200, 200]);
    // Whoever does not lead writes nothing, whatever it would like to.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await addresses()).toBe('[{"ip":"192.0.2.10"}]');

    expect(await first.terminate()).toBe(0);
    expect(await addresses()).not.toBe('');
    await until(async () => (await addresses()).includes('192.0.2.11'));
    expect(await leader()).toBe('pod-1');

    await cluster.server.kubectl(['-n', NAMESPACE, 'delete', 'pod', 'pod-0', '--force', '--grace-period=0']);
    expect(await second.terminate()).toBe(0);
    expect(await addresses()).toBe('');
    expect((await leader()) ?? '').toBe('');
  });

  it('leave the status as it is when they are told to', async () => {
    const controller = await start('pod-1', {
      flags: ['--publish-status-address=192.0.2.12', '--update-status-on-shutdown=false'],
    });
    await until(async () => (await addresses()).includes('192.0.2.12'));
    expect(await controller.terminate()).toBe(0);
    expect(await addresses()).toContain('192.0.2.12');
  });

  it('take no Lease and write nothing without leader election', async () => {
    const before = await cluster.server.request('GET', LEASE);
    const controller = await start('pod-1', {
      flags: ['--publish-status-address=192.0.2.13', '--disable-leader-election'],
    });
    await controller.untilReady();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await addresses()).not.toContain('192.0.2.13');
    expect(await cluster.server.request('GET', LEASE)).toEqual(before);
  });
});

describe('a controller that is told to end', () => {
  it('is not ready at once, goes on serving for the grace period, and lets the last request end', async () => {
    const controller = await start('pod-1', { flags: ['--update-status=false', '--shutdown-grace-period=2'] });
    await controller.untilReady();
    const headers = { 'x-answer-delay-ms': '3000' };
    const exitCode = controller.terminate();
    expect([await controller.health('/readyz'), await controller.health('/healthz')]).toEqual([503, 503]);
    expect(await teaOf(controller)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const slow = ask(controller, { ask: 'GET https://cafe.example.com/tea', headers });
    expect((await slow).status).toBe(200);
    expect(await exitCode).toBe(0);
    await expect(teaOf(controller)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a controller without an API server', () => {
  it('is alive and not ready, serves when the server comes, and ends as it is told even when it has gone', async () => {
    await cluster.server.stopServer();
    const controller = await start('pod-1', { flags: ['--publish-status-address=192.0.2.14'] });
    await until(async () => (await controller.health('/healthz')) === 200);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect([await controller.health('/healthz'), await controller.health('/readyz')]).toEqual([200, 503]);
    await cluster.server.startServer();
    await controller.untilReady();
    expect(await teaOf(controller)).toBe(200);

    await cluster.server.stopServer();
    const endedAfter = performance.now();
    expect(await controller.terminate()).toBe(0);
    expect(performance.now() - endedAfter).toBeLessThan(30_000);
    await cluster.server.startServer();
  });

  it('is not yet called alive during a usual start, so that probes of ingress-nginx send no request too early', async () => {
    const seen: (readonly [number, number])[] = [];
    const controller = await start('pod-1', { flags: ['--update-status=false'] });
    await until(async () => {
      // First the one that must not be ahead of the other.
      seen.push([await controller.health('/healthz'), await controller.health('/readyz')]);
      return seen.at(-1)?.[1] === 200;
    });
    const early = seen.filter(([alive, ready]) => alive === 200 && ready !== 200);
    expect(early).toEqual([]);
    expect(seen.some(([alive]) => alive === 503)).toBe(true);
  });

  it('serves without what its flags name, and says so', async () => {
    const flags = ['--publish-service=edge/nowhere', '--default-backend-service=edge/nothing'];
    const controller = await start('pod-1', { flags });
    await controller.untilReady();
    expect(await teaOf(controller)).toBe(200);
    await until(() => controller.log().some(({ service }) => service === 'edge/nowhere'));
    expect(controller.log()).toContainEqual(
      expect.objectContaining({ level: 'warn', reason: 'ServiceMissing', object: 'Service edge/nothing' }),
    );
  });

  it('ends as it is told while it still waits for one', async () => {
    await cluster.server.stopServer();
    const controller = await start('pod-1');
    await until(async () => (await controller.health('/healthz')) === 200);
    expect(await controller.terminate()).toBe(0);
    await cluster.server.startServer();
  });

  it('says in one sentence that there is none to be found', async () => {
    const controller = await start('pod-1', { kubeconfig: '' });
    expect(await controller.terminate()).toBe(1);
    expect(controller.log().map(({ message }) => message)).toEqual([
      expect.stringContaining('the API server: no API server is known'),
    ]);
  });
});
