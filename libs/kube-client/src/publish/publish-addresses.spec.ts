import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Service } from '@gatehouse/kube-model';
import { aService, FakeClock, RecordingLogger } from '@gatehouse/testing';
import { KubeApiError, type KubeRequest } from '../kube-api.ts';
import { createPublishAddresses, type PublishSource } from './publish-addresses.ts';

const POD = { namespace: 'ingress-nginx', name: 'p-0' };
const OWN_PATH = '/api/v1/namespaces/ingress-nginx/pods/p-0';
const LIST_PATH = '/api/v1/namespaces/ingress-nginx/pods';

const aPod = (name: string, nodeName: string) => ({
  metadata: { name, labels: { app: 'x', 'pod-template-hash': 'y' } },
  spec: { nodeName },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});
const aNode = (address: string) => ({ status: { addresses: [{ type: 'InternalIP', address }] } });

let clock: FakeClock;
let logger: RecordingLogger;
let answers: Record<string, unknown>;
let asked: KubeRequest[];
let changes: number;
beforeEach(() => {
  clock = new FakeClock();
  logger = new RecordingLogger();
  asked = [];
  changes = 0;
  answers = {
    [OWN_PATH]: aPod('p-0', 'n0'),
    [LIST_PATH]: { items: [aPod('p-0', 'n0'), aPod('p-1', 'n1')] },
    '/api/v1/nodes/n0': aNode('10.0.0.1'),
    '/api/v1/nodes/n1': aNode('10.0.0.2'),
  };
});

const publishing = (source: PublishSource) =>
  createPublishAddresses({
    api: {
      send: async (request) => {
        asked.push(request);
        const answer = answers[request.path] ?? new KubeApiError('gone', { status: 404 });
        if (answer instanceof Error) throw answer;
        return typeof answer === 'function' ? (answer as (request: KubeRequest) => unknown)(request) : answer;
      },
      stream: () => Promise.reject(new Error('unused')),
      close: () => Promise.resolve(),
    },
    clock,
    logger,
    pod: POD,
    source,
    intervalMs: 60_000,
  });
const nodes: PublishSource = { kind: 'nodes', isInternalWanted: false };

describe('the published addresses', () => {
  it('are given ones at once, without a request', () => {
    const publish = publishing({ kind: 'given', addresses: [{ ip: '192.0.2.2' }, { ip: '192.0.2.1' }] });
    publish.start(() => (changes += 1));
    expect(publish.current()).toEqual([{ ip: '192.0.2.1' }, { ip: '192.0.2.2' }]);
    expect(asked).toEqual([]);
  });

  it('are those of the Service as it is, and unknown when there is none', () => {
    let service: Service | undefined;
    const publish = publishing({ kind: 'service', current: () => service });
    expect(publish.current()).toBeUndefined();
    service = aService({ clusterIp: '10.96.0.7' });
    expect(publish.current()).toEqual([{ ip: '10.96.0.7' }]);
    service = aService({ type: 'LoadBalancer' });
    expect(publish.current()).toEqual([]);
  });

  it('are unknown until the nodes were asked for, and then told', async () => {
    const publish = publishing(nodes);
    publish.start(() => (changes += 1));
    expect([publish.current(), changes]).toEqual([undefined, 0]);
    await clock.advance(0);
    expect([publish.current(), changes]).toEqual([[{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }], 1]);
    expect(asked.find(({ path }) => path === LIST_PATH)?.query).toEqual({ labelSelector: 'app=x', limit: '500' });
  });

  it('are told again only when they changed', async () => {
    const publish = publishing(nodes);
    publish.start(() => (changes += 1));
    await clock.advance(60_000);
    expect(changes).toBe(1);
    answers[LIST_PATH] = { items: [aPod('p-0', 'n0')] };
    await clock.advance(60_000);
    expect([publish.current(), changes]).toEqual([[{ ip: '10.0.0.1' }], 2]);
  });

  it('stay as they are while the server is away, which is said once', async () => {
    const publish = publishing(nodes);
    publish.start(() => (changes += 1));
    await clock.advance(0);
    answers[LIST_PATH] = new KubeApiError('no', { status: 500 });
    await clock.advance(300_000);
    expect([publish.current()?.length, changes]).toEqual([2, 1]);
    expect(logger.messages('warn')).toHaveLength(1);
  });

  it('leave out a node that is gone', async () => {
    delete answers['/api/v1/nodes/n1'];
    const publish = publishing(nodes);
    publish.start(() => {});
    await clock.advance(0);
    expect(publish.current()).toEqual([{ ip: '10.0.0.1' }]);
  });

  it('are asked for no more after the stop', async () => {
    const publish = publishing(nodes);
    publish.start(() => (changes += 1));
    publish.stop();
    await clock.advance(600_000);
    expect(changes).toBe(0);
    expect(asked.length).toBeLessThanOrEqual(4);
  });
});

describe('the count of other replicas', () => {
  const count = () => publishing({ kind: 'given', addresses: [] }).countOtherReplicas();

  it('goes over all pages', async () => {
    answers[LIST_PATH] = ({ query }: KubeRequest) =>
      query?.['continue'] === 'more'
        ? { items: [aPod('p-2', 'n0')] }
        : { metadata: { continue: 'more' }, items: [aPod('p-0', 'n0'), aPod('p-1', 'n1')] };
    expect(await count()).toBe(2);
  });

  it('ends even when the server never ends its list', async () => {
    answers[LIST_PATH] = { metadata: { continue: 'more' }, items: [aPod('p-1', 'n1')] };
    expect(await count()).toBe(20);
  });

  it('is unknown when the server refuses, or does not answer in time', async () => {
    answers[LIST_PATH] = new KubeApiError('forbidden', { status: 403 });
    expect(await count()).toBeUndefined();
    answers[LIST_PATH] = () => new Promise(() => {});
    const counting = count();
    await clock.advance(3000);
    expect(await counting).toBeUndefined();
  });
});
