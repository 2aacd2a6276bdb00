import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import {
  answerStatus,
  ingressClassJson,
  ingressJson,
  namespaceJson,
  secretJson,
  serviceJson,
  SourceTrial,
  until,
  type Ask,
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

describe('KubeSource and what it reads', () => {
  it('reads Secrets again and again where it may not watch them, and says so once', async () => {
    const forbidden = (ask: Ask): boolean => ask.plural === 'secrets' && ask.isWatch;
    trial.fake.fail(forbidden, (_, response) => answerStatus(response, 403, 'Forbidden'), 1000);
    trial.fake.put(ingressJson('other', 'other-secret'));
    await trial.start();
    trial.fake.put(secretJson('cafe-secret', 'two'));
    trial.fake.put(secretJson('other-secret', 'x'));
    await trial.settled();
    trial.fake.remove(secretJson('cafe-secret', ''));
    await trial.settled();
    expect(
      trial.logger.messages('warn').filter((message) => message.startsWith('Secrets may not be watched')),
    ).toHaveLength(1);
  });

  it('keeps the last form of a Secret that it may not read any more, and forgets one that is gone', async () => {
    await trial.start();
    trial.fake.fail(
      (ask) => ask.plural === 'secrets',
      (_, response) => answerStatus(response, 403, 'Forbidden'),
      1000,
    );
    trial.fake.forgetHistory();
    trial.fake.endWatches();
    await until(() => trial.failed('Secret', 'forbidden') > 0);
    expect(trial.source.snapshot().secrets.size).toBe(1);
    trial.fake.heal();
    trial.fake.remove(secretJson('cafe-secret', ''));
    await trial.settled();
  });

  it('never writes what is in a Secret into the log', async () => {
    trial.fake.put(secretJson('cafe-secret', 'confidential'));
    trial.fake.mangle = (each) => [JSON.stringify(each).slice(0, -5), '\n'];
    await trial.start();
    trial.fake.put(secretJson('cafe-secret', 'confidential-too'));
    await until(() => trial.failed('Secret', 'garbled') > 0);
    const log = JSON.stringify(trial.logger.entries, (_, value: unknown) =>
      value instanceof Error ? String(value.stack) : value,
    );
    expect(log).not.toContain(Buffer.from('confidential').toString('base64').slice(0, 10));
  });

  it('tells what is wrong with an object for as long as it is there, and serves its neighbours', async () => {
    const broken = { ...ingressJson('broken'), spec: { rules: 'none' } };
    trial.fake.put(broken);
    await trial.start();
    expect(trial.source.snapshot().problems.map(({ object }) => object.name)).toEqual(['broken']);
    expect(trial.source.snapshot().ingresses.size).toBe(21);
    trial.fake.put(ingressJson('broken'));
    await until(() => trial.source.snapshot().problems.length === 0);
    trial.fake.put(broken);
    await until(() => trial.source.snapshot().problems.length > 0);
    // Its last good form serves as long as it exists.
    expect(trial.source.snapshot().ingresses.size).toBe(22);
    trial.fake.remove(broken);
    await until(() => trial.source.snapshot().problems.length === 0);
    expect(trial.source.snapshot().ingresses.size).toBe(21);
  });

  it('reads one namespace, what flags name outside of it, and only the kinds that are wanted', async () => {
    trial.fake.put(ingressJson('elsewhere', '', 'other'));
    trial.fake.put(serviceJson('publish', 80, 'ingress-nginx'));
    trial.fake.put(serviceJson('unnamed', 80, 'ingress-nginx'));
    trial.fake.put(ingressClassJson('own'));
    trial.source = sourceWith({
      watchNamespace: 'other',
      services: [objectKey('ingress-nginx', 'publish')],
      kinds: ['Ingress', 'Service', 'EndpointSlice'],
    });
    await trial.start();
    expect([...trial.source.snapshot().ingresses.keys()]).toEqual(['other/elsewhere']);
    expect([...trial.source.snapshot().services.keys()]).toEqual(['ingress-nginx/publish']);
    expect(trial.source.snapshot().ingressClasses.size).toBe(0);
    expect(trial.fake.asked.filter(({ namespace }) => namespace === '')).toEqual([]);
  });

  it('reads the Namespaces that a selector chooses', async () => {
    trial.fake.put(namespaceJson('chosen', { team: 'a' }));
    trial.fake.put(namespaceJson('other'));
    trial.source = sourceWith({ namespaceSelector: 'team=a' });
    await trial.start();
    expect([...trial.source.snapshot().namespaces.keys()]).toEqual(['/chosen']);
  });

  it.each([0, 1, 5, 20, 60])('stops at any moment: %d ms after its start', async (delayMs) => {
    const started = trial.start();
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await trial.source.stop();
    await started;
    // What was on its way still arrives.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const asked = trial.fake.asked.length;
    trial.fake.put(ingressJson('late'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(trial.fake.asked).toHaveLength(asked);
    expect(trial.fake.watchesOf('ingresses')).toBe(0);
  });
});
