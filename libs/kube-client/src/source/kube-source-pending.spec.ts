import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerStatus, ingressJson, secretJson, SourceTrial, until, type Ask } from '@gatehouse/testing';
import { connectKubeApi } from '../connect/connect-kube-api.ts';
import type { KubeApi } from '../kube-api.ts';
import { createKubeSource } from './kube-source.ts';

/** So many that one watch of their namespace serves them all. */
const MANY = 40;

let trial: SourceTrial;
let api: KubeApi;

beforeEach(async () => {
  trial = new SourceTrial();
  await trial.fake.start();
  for (let i = 0; i < MANY; i++) {
    trial.fake.put(ingressJson(`i-${i}`, `s-${i}`));
    trial.fake.put(secretJson(`s-${i}`, 'x'));
  }
  // It is there before anybody asks for it, so that no event tells of it later.
  trial.fake.put(secretJson('late', 'x'));
  api = await connectKubeApi({ apiServerHost: trial.fake.url, logger: trial.logger });
  trial.source = createKubeSource({ ...trial.options, api });
});

afterEach(async () => {
  await trial.source.stop();
  await api.close();
  await trial.fake.stop();
});

const isGet = (ask: Ask): boolean => ask.name === 'late';
const isSecretWatch = (ask: Ask): boolean => ask.plural === 'secrets' && ask.isWatch;

describe('a Secret that is asked for while many of its namespace are watched', () => {
  it.each([429, 500, 503])('is asked for again when the first answer is %d', async (status) => {
    await trial.start();
    trial.fake.fail(isGet, (_, response) => answerStatus(response, status, 'Failure'), 2);
    trial.fake.put(ingressJson('late', 'late'));
    await trial.settled();
    expect(trial.fake.asked.filter(isGet)).toHaveLength(3);
  });

  it('is asked for although the watch is away just then', async () => {
    await trial.start();
    let isAway = true;
    trial.fake.fail(
      isSecretWatch,
      (_, response, proceed) => (isAway ? answerStatus(response, 503, 'Unavailable') : proceed()),
      1000,
    );
    trial.fake.endWatches();
    await until(() => trial.failed('Secret', 'busy') > 0);
    trial.fake.put(ingressJson('late', 'late'));
    await until(() => trial.source.snapshot().ingresses.has('default/late' as never));
    isAway = false;
    await trial.settled();
  });

  it('is asked for when it is wanted for the second time, too', async () => {
    trial.fake.put(ingressJson('late', 'late'));
    await trial.start();
    await trial.settled();
    trial.fake.remove(ingressJson('late'));
    await until(() => trial.source.snapshot().secrets.size === MANY);
    trial.fake.put(ingressJson('late', 'late'));
    await trial.settled();
  });

  it('leaves room for those of other namespaces, however many ask with it', async () => {
    await trial.start();
    const flood = Array.from({ length: 200 }, (_, index) => `flood-${index}`);
    const held: (() => void)[] = [];
    trial.fake.fail(
      ({ name }) => name.startsWith('flood-'),
      (_, __, proceed) => void held.push(proceed),
      1000,
    );
    const json = ingressJson('flood');
    trial.fake.put({
      ...json,
      spec: { ...(json['spec'] as object), tls: flood.map((secretName) => ({ secretName })) },
    });
    await until(() => held.length > 0);
    trial.fake.put(secretJson('theirs', 'x', 'other'));
    trial.fake.put(ingressJson('theirs', 'theirs', 'other'));
    await until(() => trial.source.snapshot().secrets.has('other/theirs' as never));
    trial.fake.heal();
    for (const proceed of held) proceed();
  });
});
