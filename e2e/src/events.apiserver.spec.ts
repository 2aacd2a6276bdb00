import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKubeEventSink, type KubeApi, type KubeEventSink } from '@gatehouse/kube-client';
import { systemClock } from '@gatehouse/logging';
import type { EventRecord } from '@gatehouse/pipeline';
import { RecordingLogger, startApiServer, until, type ApiServer } from '@gatehouse/testing';
import { connectAccount, makeAccount, OWN_NAMESPACE } from './harness/kube-account.ts';

interface EventJson {
  readonly metadata: { readonly name: string };
  readonly reason: string;
  readonly note: string;
  readonly series?: { readonly count: number };
}

describe('Events at a real API server', () => {
  let server: ApiServer;
  let api: KubeApi;
  let logger: RecordingLogger;
  let sink: KubeEventSink;

  beforeAll(async () => {
    server = await startApiServer();
    await makeAccount(server, 'leader');
    api = await connectAccount(server);
    logger = new RecordingLogger();
    sink = createKubeEventSink({ api, clock: systemClock, logger, pod: { namespace: OWN_NAMESPACE, name: 'gate-0' } });
  });
  afterAll(async () => {
    await sink.stop();
    await api.close();
    await server.stop();
  });

  async function makeIngress(name: string, namespace = 'default'): Promise<string> {
    const rule = '--rule=cafe.example.com/tea=tea-svc:80';
    await server.kubectl(['create', 'ingress', name, `--namespace=${namespace}`, '--class=nginx', rule]);
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${name}`;
    return ((await server.request('GET', path)) as { readonly metadata: { readonly uid: string } }).metadata.uid;
  }
  const about = (name: string, more: Partial<EventRecord> = {}): EventRecord => ({
    type: 'Normal',
    reason: 'CREATE',
    message: `Ingress default/${name}`,
    object: { kind: 'Ingress', namespace: 'default', name },
    ...more,
  });
  const told = async (name: string, namespace = 'default'): Promise<readonly EventJson[]> => {
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events?fieldSelector=regarding.name%3D${name}`;
    return ((await server.request('GET', path)) as { readonly items: readonly EventJson[] }).items;
  };

  it('are shown by kubectl describe, from nginx-ingress-controller, with the object that they are about', async () => {
    const uid = await makeIngress('cafe-ingress');
    sink.record(about('cafe-ingress', { uid }));
    await until(async () => (await told('cafe-ingress')).length === 1);
    const shown = await server.kubectl(['describe', 'ingress', 'cafe-ingress']);
    expect(shown).toMatch(
      /Type +Reason +Age +From +Message\n.*\n +Normal +CREATE +\S+ +nginx-ingress-controller +Ingress default\/cafe-ingress\n/,
    );
    const listed = await server.kubectl(['get', 'events']);
    expect(listed).toMatch(/Normal +CREATE +ingress\/cafe-ingress +Ingress default\/cafe-ingress/);
  });

  it('are counted when they are repeated', async () => {
    const uid = await makeIngress('tea');
    for (let count = 0; count < 4; count += 1) {
      sink.record(about('tea', { uid, reason: 'UPDATE' }));
      await until(async () => ((await told('tea'))[0]?.series?.count ?? 1) === count + 1);
    }
    expect(await told('tea')).toHaveLength(1);
    expect(await server.kubectl(['describe', 'ingress', 'tea'])).toMatch(
      /Normal +UPDATE +\S+ \(x4 over \S+\) +nginx-ingress-controller/,
    );
  });

  it('of an object that was recreated are not those of the one before', async () => {
    await server.kubectl(['delete', 'ingress', 'tea']);
    await makeIngress('tea');
    expect(await server.kubectl(['describe', 'ingress', 'tea'])).toMatch(/Events: +<none>/);
  });

  it('take any text and any name that the API takes', async () => {
    const name = Array.from({ length: 4 }, () => 'x'.repeat(62)).join('.');
    const uid = await makeIngress(name);
    const message = `host: "\u001b[31m${'ü'.repeat(2000)}"`;
    sink.record(about(name, { uid, type: 'Warning', reason: 'HostInvalid', message }));
    await until(async () => (await told(name)).length === 1);
    expect((await told(name))[0]).toMatchObject({ reason: 'HostInvalid', note: expect.stringMatching(/^host.*ü…$/) });
  });

  it('are taken of every kind that the project knows', async () => {
    const kinds = ['ConfigMap', 'EndpointSlice', 'Endpoints', 'Secret', 'Service', 'Pod'] as const;
    for (const kind of kinds) sink.record(about('any', { object: { kind, namespace: 'default', name: 'any' } }));
    for (const kind of ['IngressClass', 'Namespace'] as const)
      sink.record(about('any', { object: { kind, namespace: '', name: 'any' } }));
    await until(async () => (await told('any')).length === 8);
    expect(logger.messages('warn')).toEqual([]);
  });

  it('of our own Pod name it by its uid, which kubectl asks for', async () => {
    const spec = { containers: [{ name: 'c', image: 'example.com/c:1' }] };
    await server.request('POST', `/api/v1/namespaces/${OWN_NAMESPACE}/pods`, { metadata: { name: 'gate-0' }, spec });
    sink.record({
      type: 'Normal',
      reason: 'RELOAD',
      message: 'NGINX reload triggered due to a change in configuration',
      object: { kind: 'Pod', namespace: OWN_NAMESPACE, name: 'gate-0' },
    });
    await until(async () => (await told('gate-0', OWN_NAMESPACE)).length === 1);
    const shown = await server.kubectl(['describe', 'pod', 'gate-0', `--namespace=${OWN_NAMESPACE}`]);
    expect(shown).toMatch(/Normal +RELOAD +\S+ +nginx-ingress-controller +NGINX reload triggered/);
  });

  it('are made anew when the server has forgotten them', async () => {
    const uid = await makeIngress('water');
    sink.record(about('water', { uid }));
    await until(async () => (await told('water')).length === 1);
    await server.kubectl(['delete', 'events', '--all']);
    sink.record(about('water', { uid }));
    await until(async () => (await told('water')).length === 1);
  });

  it('in a namespace that is being deleted are dropped without a warning, and hold up no other', async () => {
    await server.kubectl(['create', 'namespace', 'ending']);
    // Nothing finishes the deletion here, since no controller runs: the namespace stays in its last phase.
    await server.kubectl(['delete', 'namespace', 'ending', '--wait=false']);
    sink.record(about('a', { object: { kind: 'Ingress', namespace: 'ending', name: 'a' } }));
    sink.record(about('b', { object: { kind: 'Ingress', namespace: 'missing', name: 'b' } }));
    sink.record(about('after'));
    await until(async () => (await told('after')).length === 1);
    expect(logger.messages('warn')).toEqual([]);
    expect(logger.messages('debug')).toContain('An Event of a namespace that ends is dropped');
  });

  it('wait for a server that is away', async () => {
    await server.stopServer();
    sink.record(about('late'));
    await until(() => logger.messages('warn').length > 0);
    expect(logger.messages('warn')).toEqual(['Events cannot be told to the API server; they wait']);
    await server.startServer();
    await until(async () => (await told('late')).length === 1);
  });
});
