import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import {
  ingressJson,
  isListOf,
  makeCertificate,
  secretJson,
  SourceTrial,
  systemClock,
  until,
  type CertificatePair,
} from '@gatehouse/testing';
import { connectKubeApi } from '../connect/connect-kube-api.ts';
import type { KubeApi } from '../kube-api.ts';
import { createKubeSource } from './kube-source.ts';

/** A change may take so long while its connection breaks; the clock here is the machine's. */
const SOON_MS = 2000;

let directory: string;
let ca: CertificatePair;
let pair: CertificatePair;
let trial: SourceTrial;
let api: KubeApi;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'connections-'));
  ca = await makeCertificate({ hosts: ['authority'], usage: 'ca' });
  pair = await makeCertificate({ hosts: ['127.0.0.1'], ca });
  await writeFile(join(directory, 'ca.crt'), ca.certPem);
});
afterAll(() => rm(directory, { recursive: true }));

async function begin(protocol: 'HTTP/1.1' | 'HTTP/2'): Promise<void> {
  trial = new SourceTrial(protocol === 'HTTP/2' ? pair : undefined);
  await trial.fake.start();
  for (let i = 0; i < 20; i++) trial.fake.put(ingressJson(`i-${i}`));
  trial.fake.put(ingressJson('cafe', 'cafe-secret'));
  trial.fake.put(secretJson('cafe-secret', 'one'));
  api = await connectKubeApi({
    apiServerHost: trial.fake.url,
    certificateAuthority: protocol === 'HTTP/2' ? join(directory, 'ca.crt') : '',
    logger: trial.logger,
  });
  trial.source = createKubeSource({ ...trial.options, api, clock: systemClock });
  await trial.start();
  await until(() => trial.fake.watchesOf('ingresses') === 1 && trial.fake.watchesOf('secrets') === 1);
}

afterEach(async () => {
  await trial.source.stop();
  await api.close();
  await trial.fake.stop();
});

/** Changes of now are known soon, and nothing was listed again for that. */
async function goesOn(): Promise<void> {
  const beganMs = systemClock.monotonicMs();
  trial.fake.put(ingressJson('after'));
  trial.fake.remove(ingressJson('i-3'));
  trial.fake.put(secretJson('cafe-secret', 'two'));
  await trial.settled();
  expect(systemClock.monotonicMs() - beganMs).toBeLessThan(SOON_MS);
  expect(trial.lists()).toBe(1);
  expect(trial.seen.every(({ ingresses, secrets }) => ingresses.size >= 20 && secrets.size === 1)).toBe(true);
}

describe.each(['HTTP/1.1', 'HTTP/2'] as const)('KubeSource over %s', (protocol) => {
  it('goes on where it was when its connections are reset', async () => {
    await begin(protocol);
    trial.fake.server.reset();
    await goesOn();
  });

  it('goes on where it was when its connections are reset in the middle of a line', async () => {
    await begin(protocol);
    trial.fake.mangle = (line) => [JSON.stringify(line).slice(0, 80)];
    trial.fake.put(ingressJson('broken-off'));
    trial.fake.mangle = (line) => [line];
    // The half of the line has come.
    await new Promise((resolve) => setTimeout(resolve, 50));
    trial.fake.server.reset();
    await goesOn();
    expect(trial.source.snapshot().ingresses.has(objectKey('default', 'broken-off'))).toBe(true);
  });

  it('believes no list whose connection is reset in the middle of it', async () => {
    await begin(protocol);
    trial.fake.fail(isListOf('ingresses'), (_, response) => {
      response.writeHead(200).write('{"kind":"IngressList","apiVersion":"networking.k8s.io/v1","items":[');
      setTimeout(() => trial.fake.server.reset(), 50);
    });
    trial.fake.forgetHistory();
    trial.fake.endWatches();
    trial.fake.put(ingressJson('meanwhile'));
    await trial.settled();
    expect(trial.lists()).toBeGreaterThanOrEqual(3);
    expect(trial.seen.every(({ ingresses }) => ingresses.size >= 21)).toBe(true);
  });
});

describe('KubeSource, asked to leave its connection of HTTP/2 (GOAWAY)', () => {
  it('hears what its watches bring until the server ends them, and goes on from there', async () => {
    await begin('HTTP/2');
    trial.fake.server.goAway('finish');
    trial.fake.put(ingressJson('still'));
    await trial.settled();
    trial.fake.endWatches();
    await goesOn();
  });

  it('goes on over another connection when the server refuses and closes this one', async () => {
    await begin('HTTP/2');
    trial.fake.server.goAway('refuse');
    await goesOn();
  });

  it('goes on while it is asked again and again', async () => {
    await begin('HTTP/2');
    for (let i = 0; i < 5; i++) {
      trial.fake.server.goAway(i % 2 === 0 ? 'refuse' : 'finish');
      trial.fake.put(ingressJson(`again-${i}`));
      trial.fake.put(secretJson('cafe-secret', `again-${i}`));
      await until(() => trial.fake.watchesOf('ingresses') >= 1);
    }
    await goesOn();
  }, 30_000);

  it('leaves no request without an answer that was sent before it was heard, while watches are open', async () => {
    await begin('HTTP/2');
    const beganMs = systemClock.monotonicMs();
    trial.fake.server.goAway('finish');
    const path = '/apis/networking.k8s.io/v1/namespaces/default/ingresses/i-1';
    await Promise.allSettled(Array.from({ length: 20 }, () => api.send({ path })));
    expect(systemClock.monotonicMs() - beganMs).toBeLessThan(SOON_MS);
    await goesOn();
    expect(await api.send({ path })).toMatchObject({ metadata: { name: 'i-1' } });
  });
});
