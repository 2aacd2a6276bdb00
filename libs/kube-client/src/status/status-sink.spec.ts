import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Ingress } from '@gatehouse/kube-model';
import { anIngress, FakeClock, RecordingLogger } from '@gatehouse/testing';
import { KubeApiError, type KubeRequest } from '../kube-api.ts';
import { createKubeStatusSink } from './status-sink.ts';

const ONE = [{ ip: '192.0.2.1' }];
const cafe = anIngress({ uid: 'u1', resourceVersion: '7' });
const PATH = '/apis/networking.k8s.io/v1/namespaces/default/ingresses/cafe/status';

const json = (more: { metadata?: object; spec?: object; status?: object } = {}): unknown => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'cafe', namespace: 'default', uid: 'u1', resourceVersion: '8', ...more.metadata },
  spec: { ingressClassName: 'nginx', rules: [], ...more.spec },
  status: more.status,
});
const fails = (status: number, more: object = {}): KubeApiError => new KubeApiError('no', { status, ...more });
const conflict = fails(409);

let clock: FakeClock;
let bodies: unknown[];
let requests: KubeRequest[];
beforeEach(() => {
  clock = new FakeClock();
  bodies = [];
  requests = [];
});

/** A sink whose requests get these answers in turn, and the last one from then on. */
function aSink(answers: readonly unknown[], isAllowed = () => true) {
  return createKubeStatusSink({
    api: {
      send: async (request) => {
        const answer = answers[Math.min(requests.length, answers.length - 1)];
        requests.push(request);
        bodies.push(request.body);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      stream: () => Promise.reject(new Error('unused')),
      close: () => Promise.resolve(),
    },
    clock,
    logger: new RecordingLogger(),
    isAllowed,
  });
}

const patch = (resourceVersion: string) => ({
  metadata: { resourceVersion },
  status: { loadBalancer: { ingress: ONE } },
});

describe('the status sink', () => {
  it('patches the form that the plan was made from, and nothing but its addresses', async () => {
    await aSink([json()]).write(cafe, ONE);
    expect(bodies).toEqual([patch('7')]);
    expect(requests[0]).toMatchObject({ method: 'PATCH', path: PATH, contentType: 'application/merge-patch+json' });
  });

  it('asks nothing when nothing differs', async () => {
    await aSink([json()]).write(anIngress({ statusAddresses: [...ONE, ...ONE] }), ONE);
    expect(bodies).toEqual([]);
  });

  it('writes over the newest form after a conflict, having read it by a patch of nothing', async () => {
    await aSink([conflict, json()]).write(cafe, ONE);
    expect(bodies).toEqual([patch('7'), {}, patch('8')]);
  });

  it.each([
    ['says so already', json({ status: { loadBalancer: { ingress: ONE } } })],
    ['is another object of that name', json({ metadata: { uid: 'u2' } })],
    ['is of another class', json({ spec: { ingressClassName: 'other' } })],
    [
      'is of another class by the old annotation',
      json({ metadata: { annotations: { 'kubernetes.io/ingress.class': 'other' } } }),
    ],
    ['cannot be read', { kind: 'Status' }],
    ['is gone', fails(404)],
  ])('leaves it when the newest form %s', async (_, newest) => {
    await aSink([conflict, newest]).write(cafe, ONE);
    expect(bodies).toEqual([patch('7'), {}]);
  });

  it('gives up when somebody else is always faster', async () => {
    const writing = aSink([conflict, json(), conflict, json(), conflict, json(), conflict, json()]).write(cafe, ONE);
    await expect(writing).rejects.toThrow('Ingress default/cafe changes faster than its status can be written');
    expect(bodies).toHaveLength(8);
  });

  it('does not mind that the Ingress is gone', async () => {
    await aSink([fails(404)]).write(cafe, ONE);
    expect(bodies).toHaveLength(1);
  });

  it.each([403, 422, 500, 0])('throws what else the server says, such as %d', async (status) => {
    await expect(aSink([fails(status)]).write(cafe, ONE)).rejects.toMatchObject({ status });
    expect(bodies).toHaveLength(1);
  });

  it.each([429, 503])('waits as long as the server asks to with a %d', async (status) => {
    const writing = aSink([fails(status, { retryAfterMs: 5000 }), json()]).write(cafe, ONE);
    await clock.advance(4999);
    expect(bodies).toHaveLength(1);
    await clock.advance(1);
    await writing;
    expect(bodies).toEqual([patch('7'), patch('7')]);
  });

  it.each([
    ['the write', [fails(429, { retryAfterMs: 5000 }), json()], [patch('7')]],
    ['reading after a conflict', [conflict, fails(503, { retryAfterMs: 5000 }), json()], [patch('7'), {}]],
  ])('writes no more when it is not allowed to after the server made %s wait', async (_, answers, wanted) => {
    let isAllowed = true;
    const writing = aSink(answers, () => isAllowed).write(cafe, ONE);
    await clock.advance(4000);
    isAllowed = false;
    await clock.advance(120_000);
    await writing;
    expect(bodies).toEqual(wanted);
  });

  it('does not wait for ever', async () => {
    const writing = aSink([fails(429, { retryAfterMs: 3_600_000 })]).write(cafe, ONE);
    const thrown = expect(writing).rejects.toMatchObject({ status: 429 });
    await clock.advance(90_000);
    await thrown;
    expect(bodies).toHaveLength(4);
  });

  it('gives up a request that is not answered', async () => {
    const sink = createKubeStatusSink({
      api: {
        send: ({ signal }) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(fails(0)))),
        stream: () => Promise.reject(new Error('unused')),
        close: () => Promise.resolve(),
      },
      clock,
      logger: new RecordingLogger(),
      isAllowed: () => true,
    });
    const thrown = expect(sink.write(cafe, ONE)).rejects.toMatchObject({ status: 0 });
    await clock.advance(10_000);
    await thrown;
  });

  it('writes nothing when it is not allowed to', async () => {
    await aSink([json()], () => false).write(cafe, ONE);
    expect(bodies).toEqual([]);
  });

  it.each([
    [1, [patch('7')]],
    [2, [patch('7'), {}]],
  ])('writes nothing more after a conflict when it was allowed to %d times', async (times, wanted) => {
    let asked = 0;
    await aSink([conflict, json()], () => (asked += 1) <= times).write(cafe, ONE);
    expect(bodies).toEqual(wanted);
  });

  it('encodes names into the path', async () => {
    const odd = { ...cafe, ref: { ...cafe.ref, namespace: '../a', name: 'b/c?' } } satisfies Ingress;
    await aSink([json()]).write(odd, ONE);
    expect(requests[0]?.path).toBe('/apis/networking.k8s.io/v1/namespaces/..%2Fa/ingresses/b%2Fc%3F/status');
  });
});
