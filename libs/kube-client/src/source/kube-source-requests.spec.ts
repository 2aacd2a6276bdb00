import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  answerStatus,
  ingressJson,
  isListOf,
  isWatchOf,
  secretJson,
  serviceJson,
  SourceTrial,
  systemClock,
  until,
} from '@gatehouse/testing';
import { connectKubeApi } from '../connect/connect-kube-api.ts';
import type { KubeApi } from '../kube-api.ts';
import { createKubeSource, type KubeSource, type KubeSourceOptions } from './kube-source.ts';

let trial: SourceTrial;
let api: KubeApi;

const sourceWith = (options: Partial<KubeSourceOptions>): KubeSource =>
  createKubeSource({ ...trial.options, api, ...options });

beforeEach(async () => {
  trial = new SourceTrial();
  await trial.fake.start();
  for (let i = 0; i < 20; i++) trial.fake.put(ingressJson(`i-${i}`));
  trial.fake.put(ingressJson('cafe', 'cafe-secret'));
  trial.fake.put(secretJson('cafe-secret', 'one'));
  api = await connectKubeApi({ apiServerHost: trial.fake.url, logger: trial.logger });
  trial.source = sourceWith({});
});

afterEach(async () => {
  await trial.source.stop();
  await api.close();
  await trial.fake.stop();
});

describe('KubeSource, while requests fail', () => {
  it('waits as long as the server is away at the start, and takes nothing for empty', async () => {
    await trial.fake.stop();
    let isStarted = false;
    const started = trial.start().then(() => (isStarted = true));
    await until(() => trial.failed('Ingress', 'unreachable') >= 5);
    expect(isStarted).toBe(false);
    expect(trial.source.unsynced()).toEqual(['ConfigMap', 'EndpointSlice', 'Ingress', 'IngressClass', 'Service']);
    await trial.fake.start();
    await started;
    expect(trial.source.snapshot().ingresses.size).toBe(21);
    expect(trial.source.snapshot().secrets.size).toBe(1);
    expect(trial.logger.messages('info')).toContain('Objects are followed again');
  });

  it('waits at the start until it was told of the Secrets', async () => {
    trial.fake.fail(
      (ask) => ask.plural === 'secrets',
      (_, response) => answerStatus(response, 503, 'Unavailable'),
      3,
    );
    await trial.start();
    expect(trial.source.snapshot().secrets.size).toBe(1);
  });

  it('starts although one Secret cannot be read', async () => {
    trial.fake.put(ingressJson('other', 'broken'));
    trial.fake.fail(
      (ask) => ask.name === 'broken',
      (_, response) => answerStatus(response, 500, 'InternalError'),
      1000,
    );
    trial.fake.fail(
      (ask) => ask.query.get('fieldSelector') === 'metadata.name=broken',
      (_, response) => answerStatus(response, 500, 'InternalError'),
      1000,
    );
    await trial.start();
    expect([...trial.source.snapshot().secrets.keys()]).toEqual(['default/cafe-secret']);
  });

  it('starts without the Secrets when the server does not get round to them', async () => {
    trial.fake.fail(
      (ask) => ask.plural === 'secrets',
      () => undefined,
      1000,
    );
    await trial.start();
    expect(trial.source.snapshot()).toMatchObject({ ingresses: { size: 21 }, secrets: { size: 0 } });
    expect(trial.logger.messages('warn')).toContain(
      'Not all Secrets could be read yet, the start goes on without them',
    );
  });

  it('takes what it is told by a server whose versions begin anew', async () => {
    await trial.start();
    trial.fake.restore();
    trial.fake.put(secretJson('cafe-secret', 'two'));
    trial.fake.put(ingressJson('late'));
    await trial.settled();
    trial.fake.put(secretJson('cafe-secret', 'three'));
    await trial.settled();
  }, 20_000);

  it('does what Retry-After says', async () => {
    const busy = 40;
    trial.fake.fail(isListOf('ingresses'), (_, response) => answerStatus(response, 429, 'TooManyRequests', busy));
    const beganMs = systemClock.monotonicMs();
    await trial.start();
    const waitedMs = systemClock.monotonicMs() - beganMs;
    expect(waitedMs).toBeGreaterThan((busy * 1000) / 20);
    expect(trial.fake.asked.filter(isListOf('ingresses'))).toHaveLength(2);
  });

  it('asks no more than a few times while the server fails for a minute', async () => {
    trial.fake.fail(isListOf('ingresses'), (_, response) => answerStatus(response, 500, 'InternalError'), 1000);
    void trial.start();
    await until(() => trial.failed('Ingress', 'refused') >= 3);
    await new Promise((resolve) => setTimeout(resolve, 60_000 / 20));
    expect(trial.fake.asked.filter(isListOf('ingresses')).length).toBeLessThan(12);
    trial.fake.heal();
    await trial.settled();
  }, 30_000);

  it.each([
    [
      'is cut off',
      '{"kind":"IngressList","apiVersion":"networking.k8s.io/v1","metadata":{"resourceVersion":"9"},"items":[{',
    ],
    [
      'is of another kind',
      JSON.stringify({ kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [] }),
    ],
    [
      'lacks its items',
      JSON.stringify({ kind: 'IngressList', apiVersion: 'networking.k8s.io/v1', metadata: { resourceVersion: '9' } }),
    ],
    [
      'lacks its version',
      JSON.stringify({ kind: 'IngressList', apiVersion: 'networking.k8s.io/v1', metadata: {}, items: [] }),
    ],
    [
      'is empty',
      JSON.stringify({
        kind: 'IngressList',
        apiVersion: 'networking.k8s.io/v1',
        metadata: { resourceVersion: '9' },
        items: [],
      }),
    ],
  ])('does not believe a list that %s', async (_, body) => {
    await trial.start();
    trial.fake.fail(isListOf('ingresses'), (_ask, response) => response.writeHead(200).end(body));
    trial.fake.forgetHistory();
    trial.fake.endWatches();
    await until(() => trial.lists() >= 3);
    await trial.settled();
    expect(trial.seen.every(({ ingresses }) => ingresses.size === 21)).toBe(true);
  });

  it('does not believe that a Secret is gone when somebody else than the API server says 404', async () => {
    await trial.start();
    trial.fake.fail(
      (ask) => ask.plural === 'secrets' && !ask.isWatch,
      (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404 Not Found</h1>'),
      4,
    );
    trial.fake.forgetHistory();
    trial.fake.endWatches();
    await until(() => trial.fake.asked.filter(({ plural, isWatch }) => plural === 'secrets' && !isWatch).length >= 6);
    await trial.settled();
    expect(trial.seen.every(({ secrets }) => secrets.size === 1)).toBe(true);
  });

  it('believes that everything is gone when it is said twice', async () => {
    await trial.start();
    for (const json of trial.fake.list('ingresses')) trial.fake.remove(json);
    await trial.fake.stop();
    trial.fake.forgetHistory();
    await trial.fake.start();
    await trial.settled();
    expect(trial.source.snapshot().ingresses.size).toBe(0);
  });

  it('begins again when the server forgets while it is being listed', async () => {
    for (let i = 0; i < 600; i++) trial.fake.put(ingressJson(`many-${i}`));
    trial.fake.fail(
      (ask) => ask.query.has('continue'),
      (_, response) => answerStatus(response, 410, 'Expired'),
    );
    await trial.start();
    await trial.settled();
    expect(trial.source.snapshot().ingresses.size).toBe(621);
  });

  it('goes on after a version that the server does not know yet, and lists when that does not end', async () => {
    await trial.start();
    trial.fake.fail(isWatchOf('ingresses'), (_, response) => answerStatus(response, 504, 'Timeout'), 3);
    trial.fake.endWatches();
    await until(() => trial.lists() === 2);
    trial.fake.put(ingressJson('after'));
    await trial.settled();
  });

  it('keeps what it has while it is forbidden to look, and says so once', async () => {
    await trial.start();
    trial.fake.fail(
      (ask) => ask.plural === 'ingresses',
      (_, response) => answerStatus(response, 403, 'Forbidden'),
      1000,
    );
    trial.fake.forgetHistory();
    trial.fake.endWatches();
    await until(() => trial.failed('Ingress', 'forbidden') >= 3);
    expect(trial.source.snapshot().ingresses.size).toBe(21);
    trial.fake.put(serviceJson('meanwhile'));
    await until(() => trial.source.snapshot().services.size === 1);
    trial.fake.heal();
    await trial.settled();
    expect(trial.logger.messages('error').length).toBeLessThanOrEqual(3);
  });
});
