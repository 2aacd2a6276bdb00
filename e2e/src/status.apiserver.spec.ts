import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createKubeStatusSink,
  createPublishAddresses,
  type KubeApi,
  type KubeRequest,
  type PublishSource,
} from '@gatehouse/kube-client';
import { parseObject, type Ingress, type Service } from '@gatehouse/kube-model';
import { systemClock } from '@gatehouse/logging';
import { RecordingLogger, startApiServer, until, type ApiServer } from '@gatehouse/testing';
import { connectAccount, makeAccount, OWN_NAMESPACE } from './harness/kube-account.ts';

const PATH = '/apis/networking.k8s.io/v1/namespaces/default/ingresses/cafe-ingress';
const ONE = [{ ip: '192.0.2.1' }];
const TWO = [{ hostname: 'lb.example.com' }, { ip: '192.0.2.1' }];

describe('status at a real API server', () => {
  let server: ApiServer;
  let api: KubeApi;
  let asked: KubeRequest[];

  beforeAll(async () => {
    server = await startApiServer();
    await makeAccount(server, 'leader');
    api = await connectAccount(server);
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
  });
  beforeEach(async () => {
    asked = [];
    await server.kubectl(['delete', 'ingress', 'cafe-ingress', '--ignore-not-found']);
    await makeIngress();
  });

  const makeIngress = (): Promise<string> =>
    server.kubectl(['create', 'ingress', 'cafe-ingress', '--class=nginx', '--rule=cafe.example.com/tea=tea-svc:80']);
  const read = async (): Promise<Ingress> => {
    const reading = parseObject(await server.request('GET', PATH));
    const [object] = reading.kind === 'ours' ? reading.objects : [];
    if (object?.kind !== 'Ingress') throw new Error('no Ingress');
    return object;
  };
  const sink = (isAllowed = () => true) =>
    createKubeStatusSink({
      api: {
        send: (request) => {
          asked.push(request);
          return api.send(request);
        },
        stream: (request) => api.stream(request),
        close: () => api.close(),
      },
      clock: systemClock,
      logger: new RecordingLogger(),
      isAllowed,
    });

  it('is written as kubectl shows it, and not again when nothing differs', async () => {
    await sink().write(await read(), ONE);
    const shown = await server.kubectl(['get', 'ingress', 'cafe-ingress']);
    expect(shown).toMatch(/cafe-ingress +nginx +cafe\.example\.com +192\.0\.2\.1 +80/);
    const written = await read();
    await sink().write(written, [...ONE, ...ONE]);
    expect((await read()).resourceVersion).toBe(written.resourceVersion);
    expect(asked).toHaveLength(1);
  });

  it('is written whole, and cleared whole', async () => {
    await sink().write(await read(), TWO);
    expect((await read()).statusAddresses).toEqual(TWO);
    await sink().write(await read(), ONE);
    expect((await read()).statusAddresses).toEqual(ONE);
    await sink().write(await read(), []);
    expect((await read()).statusAddresses).toEqual([]);
  });

  it('touches nothing else of the Ingress', async () => {
    const before = (await server.request('GET', PATH)) as Record<string, unknown>;
    await sink().write(await read(), ONE);
    const after = (await server.request('GET', PATH)) as Record<string, unknown>;
    expect(after['spec']).toEqual(before['spec']);
    expect((after['metadata'] as Record<string, unknown>)['generation']).toBe(1);
  });

  it('is written over a form that is newer than the plan, when its class is the same', async () => {
    const old = await read();
    await server.kubectl(['annotate', 'ingress', 'cafe-ingress', 'team=tea']);
    await sink().write(old, ONE);
    expect((await read()).statusAddresses).toEqual(ONE);
    expect(asked.map(({ body }) => Object.keys(body as object).length)).toEqual([2, 0, 2]);
  });

  it('is not written by an old plan to an Ingress that is of another class, recreated or gone', async () => {
    const old = await read();
    await server.kubectl(['patch', 'ingress', 'cafe-ingress', '-p', '{"spec":{"ingressClassName":"other"}}']);
    await sink().write(old, ONE);
    expect((await read()).statusAddresses).toEqual([]);
    await server.kubectl(['delete', 'ingress', 'cafe-ingress']);
    await sink().write(old, ONE);
    await makeIngress();
    await sink().write(old, ONE);
    expect((await read()).statusAddresses).toEqual([]);
  });

  it('does not change its version when somebody else wrote the same meanwhile', async () => {
    const old = await read();
    await sink().write(old, ONE);
    const { resourceVersion } = await read();
    await sink().write(old, ONE);
    expect((await read()).resourceVersion).toBe(resourceVersion);
  });

  it('is not written when it is not ours any more', async () => {
    await sink(() => false).write(await read(), ONE);
    expect((await read()).statusAddresses).toEqual([]);
  });
});

describe('the addresses to publish at a real API server', () => {
  let server: ApiServer;
  let api: KubeApi;

  beforeAll(async () => {
    server = await startApiServer();
    await makeAccount(server, 'leader');
    api = await connectAccount(server);
    await makePod('p-0', 'node-a');
    await makePod('p-1', 'node-b');
    await makePod('p-2', 'node-c', { phase: 'Failed' });
    await makePod('stranger', 'node-c', { app: 'other' });
    await makeNode('node-a', [{ type: 'InternalIP', address: '10.0.0.1' }]);
    await makeNode('node-b', [
      { type: 'InternalIP', address: '10.0.0.2' },
      { type: 'ExternalIP', address: '198.51.100.2' },
    ]);
    await makeNode('node-c', [{ type: 'InternalIP', address: '10.0.0.3' }]);
  });
  afterAll(async () => {
    await api.close();
    await server.stop();
  });

  const pods = `/api/v1/namespaces/${OWN_NAMESPACE}/pods`;
  async function makePod(name: string, nodeName: string, { phase = 'Running', app = 'gate' } = {}): Promise<void> {
    const labels = { app, 'pod-template-hash': `of-${name}` };
    const spec = { nodeName, containers: [{ name: 'c', image: 'example.com/c:1' }] };
    await server.request('POST', pods, { metadata: { name, labels }, spec });
    const conditions = [{ type: 'Ready', status: phase === 'Running' ? 'True' : 'False' }];
    await server.request('PATCH', `${pods}/${name}/status`, { status: { phase, conditions } });
  }
  async function makeNode(name: string, addresses: readonly object[]): Promise<void> {
    await server.request('POST', '/api/v1/nodes', { metadata: { name } });
    await server.request('PATCH', `/api/v1/nodes/${name}/status`, { status: { addresses } });
  }
  const publishing = (source: PublishSource) =>
    createPublishAddresses({
      api,
      clock: systemClock,
      logger: new RecordingLogger(),
      pod: { namespace: OWN_NAMESPACE, name: 'p-0' },
      source,
      intervalMs: 200,
    });

  it.each([
    [false, [{ ip: '10.0.0.1' }, { ip: '198.51.100.2' }]],
    [true, [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }]],
  ])('are those of the nodes of our Pods, internal ones wanted: %s', async (isInternalWanted, expected) => {
    const publish = publishing({ kind: 'nodes', isInternalWanted });
    let changes = 0;
    publish.start(() => (changes += 1));
    await until(() => changes === 1);
    expect(publish.current()).toEqual(expected);
    publish.stop();
  });

  it('follow the Pods', async () => {
    const publish = publishing({ kind: 'nodes', isInternalWanted: true });
    publish.start(() => undefined);
    await until(() => publish.current()?.length === 2);
    expect(await publish.countOtherReplicas()).toBe(1);
    await server.kubectl(['delete', 'pod', 'p-1', `--namespace=${OWN_NAMESPACE}`, '--force', '--grace-period=0']);
    await until(() => publish.current()?.length === 1);
    expect(await publish.countOtherReplicas()).toBe(0);
    publish.stop();
  });

  it.each([
    ['ClusterIP', { type: 'ClusterIP', clusterIP: '10.0.0.50' }, {}, [{ ip: '10.0.0.50' }]],
    ['NodePort', { type: 'NodePort', clusterIP: '10.0.0.51' }, {}, [{ ip: '10.0.0.51' }]],
    ['NodePort', { type: 'NodePort', externalIPs: ['198.51.100.1'] }, {}, [{ ip: '198.51.100.1' }]],
    ['ExternalName', { type: 'ExternalName', externalName: 'a.example' }, {}, [{ hostname: 'a.example' }]],
    ['LoadBalancer without an address yet', { type: 'LoadBalancer' }, {}, []],
    [
      'LoadBalancer',
      { type: 'LoadBalancer', externalIPs: ['198.51.100.1'] },
      { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }] } },
      [{ hostname: 'lb.example.com' }, { ip: '192.0.2.1' }, { ip: '198.51.100.1' }],
    ],
  ])('are those of a Service of type %s %j as the server gives it', async (_, spec, status, expected) => {
    const services = '/api/v1/namespaces/default/services';
    const name = 'published';
    await server.request('POST', services, { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });
    try {
      await server.request('PATCH', `${services}/${name}/status`, { status });
      const reading = parseObject(await server.request('GET', `${services}/${name}`));
      const [service] = reading.kind === 'ours' ? (reading.objects as readonly Service[]) : [];
      expect(publishing({ kind: 'service', current: () => service }).current()).toEqual(expected);
    } finally {
      await server.request('DELETE', `${services}/${name}`);
    }
  });
});
