import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer, until, type ApiServer } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { makePod, NAMESPACE, startApiController, type ApiController } from './harness/api-controller.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import { nonLoopbackAddress } from './harness/non-loopback-address.ts';

const CAFE = join(import.meta.dirname, '../../examples/cafe');
const address = nonLoopbackAddress();

let server: ApiServer;
let tea: EchoBackend;
let coffee: EchoBackend;
let controller: ApiController;

beforeAll(async () => {
  server = await startApiServer();
  [tea, coffee] = await Promise.all([
    startEchoBackend({ name: 'tea', address }),
    startEchoBackend({ name: 'coffee', address }),
  ]);
  await server.kubectl(['create', 'namespace', NAMESPACE]);
  await makePod(server, 'controller-0');
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'ingress-nginx' } };
  await apply({ ...service, spec: { type: 'ClusterIP', clusterIP: '10.0.0.80', ports: [{ port: 80 }] } }, NAMESPACE);
  for (const file of readdirSync(CAFE)) {
    await server.kubectl(['apply', '--server-side', '-n', 'default', '-f', join(CAFE, file)]);
  }
  await apply(endpoints('tea-svc', tea.port));
  await apply(endpoints('coffee-svc', coffee.port));
  controller = await startApiController({
    server,
    podName: 'controller-0',
    flags: ['--publish-service=$(POD_NAMESPACE)/ingress-nginx'],
  });
  await controller.untilReady();
}, 120_000);

afterAll(async () => {
  await controller.terminate();
  await Promise.all([tea.close(), coffee.close()]);
  await server.stop();
});

async function apply(object: object, namespace = 'default'): Promise<void> {
  await server.kubectl(
    ['apply', '--server-side', '--force-conflicts', '-n', namespace, '-f', '-'],
    JSON.stringify(object),
  );
}

function endpoints(service: string, port: number): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  };
}

async function backendOf(question: string): Promise<string> {
  const { status, body } = await ask(controller, { ask: question });
  return status === 200 ? (JSON.parse(body) as { backend: string }).backend : String(status);
}

interface CoreEvent {
  readonly reason: string;
  readonly type: string;
  readonly message: string;
  readonly source: { readonly component?: string };
  readonly reportingComponent: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

async function events(namespace = 'default'): Promise<readonly CoreEvent[]> {
  const { items } = (await server.request('GET', `/api/v1/namespaces/${namespace}/events`)) as { items: CoreEvent[] };
  return items;
}

describe('the cafe in a cluster', () => {
  it('is answered over HTTPS by the Pods of each path', async () => {
    expect(await backendOf('GET https://cafe.example.com/tea')).toBe('tea');
    expect(await backendOf('GET https://cafe.example.com/coffee')).toBe('coffee');
    expect((await ask(controller, { ask: 'GET https://cafe.example.com/' })).certificateNames).toContain(
      'cafe.example.com',
    );
  });

  it('shows its address', async () => {
    const get = (): Promise<string> => server.kubectl(['get', 'ingress', 'cafe-ingress', '--no-headers']);
    await until(async () => (await get()).includes('10.0.0.80'));
    expect(await get()).toMatch(/^cafe-ingress\s+nginx\s+cafe\.example\.com\s+10\.0\.0\.80\s+80, 443/);
  });

  it('has its Events, as `kubectl describe` shows them', async () => {
    const describeCafe = (): Promise<string> => server.kubectl(['describe', 'ingress', 'cafe-ingress']);
    await until(async () => (await describeCafe()).includes('CREATE'));
    const text = await describeCafe();
    expect(text).toMatch(/Normal\s+CREATE\s+\S+.*nginx-ingress-controller\s+Ingress default\/cafe-ingress/);
    expect(text).toMatch(/Normal\s+Sync\s+\S+.*nginx-ingress-controller\s+Scheduled for sync/);
    await until(async () => (await events(NAMESPACE)).some(({ reason }) => reason === 'RELOAD'));
  });
});
