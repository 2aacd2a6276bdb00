import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  answerStatus,
  ingressJson,
  isListOf,
  serviceJson,
  SourceTrial,
  systemClock,
  until,
  type Answerer,
} from '@gatehouse/testing';
import { connectKubeApi } from '../connect/connect-kube-api.ts';
import type { KubeApi } from '../kube-api.ts';
import { createKubeSource } from './kube-source.ts';

const DOUBT = 'A list is empty where objects were; they stay unless a second list says so, too';
const GONE = 'All objects are gone, as a second list says, too';
const OBJECTS = '/apis/networking.k8s.io/v1/ingresses';

let trial: SourceTrial;
let api: KubeApi;

beforeEach(async () => {
  trial = new SourceTrial();
  await trial.fake.start();
  for (let i = 0; i < 21; i++) trial.fake.put(ingressJson(`i-${i}`));
  trial.fake.put(serviceJson('tea-svc'));
  api = await connectKubeApi({ apiServerHost: trial.fake.url, logger: trial.logger });
  trial.source = createKubeSource({ ...trial.options, api });
  await trial.start();
});

afterEach(async () => {
  await trial.source.stop();
  await api.close();
  await trial.fake.stop();
});

let askedAtMs: number[];
const saysEmpty: Answerer = (_, response) => {
  askedAtMs.push(systemClock.monotonicMs());
  const kind = { kind: 'IngressList', apiVersion: 'networking.k8s.io/v1' };
  response
    .writeHead(200)
    .end(JSON.stringify({ ...kind, metadata: { resourceVersion: trial.fake.version }, items: [] }));
};
const says =
  (status: number): Answerer =>
  (_, response) =>
    answerStatus(response, status, 'No');

/** The server answers the next lists so; nobody can go on without one. */
function lists(...answers: readonly Answerer[]): void {
  askedAtMs = [];
  for (const answer of answers) trial.fake.fail(isListOf('ingresses'), answer);
  trial.fake.forgetHistory();
  trial.fake.endWatches();
}
const told = (message: string) => trial.logger.entries.filter((entry) => entry.message === message);
const known = (): number => trial.source.snapshot().ingresses.size;

/** Many waits, on a machine that may be busy with other things. */
jest.setTimeout(30_000);

describe('KubeSource, when a list is empty where objects were', () => {
  it('keeps them, raises an alarm, and says when the next list has them again', async () => {
    lists(saysEmpty);
    await until(() => told(DOUBT).length > 0);
    expect(told(DOUBT)).toMatchObject([{ level: 'error', data: { objects: OBJECTS, known: 21 } }]);
    expect(trial.failed('Ingress', 'doubtful')).toBe(1);
    await until(() => trial.lists() >= 3);
    await trial.settled();
    expect(trial.seen.every(({ ingresses }) => ingresses.size === 21)).toBe(true);
    await until(() => told('Objects are followed again').length > 0);
    expect(told(GONE)).toEqual([]);
  });

  it('asks a second time only after a while, and lets them go when that list says so, too', async () => {
    lists(saysEmpty, saysEmpty);
    await until(() => known() === 0);
    const [first = 0, second = 0] = askedAtMs;
    // Three seconds and more of the trial's time, less what a timer may be early.
    expect(second - first).toBeGreaterThan(3000 / 20 - 5);
    expect(told(GONE)).toMatchObject([{ level: 'error', data: { objects: OBJECTS, gone: 21 } }]);
    expect(trial.source.snapshot().services.size).toBe(1);
  });

  it('raises the alarm however often it has failed before', async () => {
    lists(says(500), says(500), says(500), saysEmpty);
    await until(() => told(DOUBT).length > 0);
    await trial.settled();
    expect(known()).toBe(21);
  });

  it('takes no failure for a second list, nor a list of before that was made up for', async () => {
    lists(saysEmpty, says(500), says(429));
    await until(() => trial.lists() >= 5);
    await trial.settled();
    await until(() => trial.fake.watchesOf('ingresses') === 1);
    lists(saysEmpty);
    await until(() => trial.lists() >= 7);
    await trial.settled();
    expect(told(DOUBT)).toHaveLength(2);
    expect(trial.seen.every(({ ingresses }) => ingresses.size === 21)).toBe(true);
  });

  it('raises no alarm where nothing was', async () => {
    trial.fake.fail(isListOf('endpointslices'), (_ask, _response, proceed) => proceed());
    trial.fake.forgetHistory();
    trial.fake.endWatches();
    await until(() => trial.lists('EndpointSlice') >= 2);
    await trial.settled();
    expect(told(DOUBT)).toEqual([]);
  });
});
