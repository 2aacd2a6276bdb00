import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { objectKey } from '@gatehouse/core';
import {
  ingressJson,
  isWatchOf,
  makeCertificate,
  secretJson,
  serviceJson,
  SourceTrial,
  until,
  type CertificatePair,
  type WatchLine,
} from '@gatehouse/testing';
import { connectKubeApi } from '../connect/connect-kube-api.ts';
import type { KubeApi } from '../kube-api.ts';
import { createKubeSource, type KubeSource, type KubeSourceOptions } from './kube-source.ts';

let trial: SourceTrial;
let api: KubeApi;

const sourceWith = (options: Partial<KubeSourceOptions>): KubeSource =>
  createKubeSource({ ...trial.options, api, ...options });

let directory: string;
let pair: CertificatePair;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'events-'));
  const ca = await makeCertificate({ hosts: ['authority'], usage: 'ca' });
  await writeFile(join(directory, 'ca.crt'), ca.certPem);
  pair = await makeCertificate({ hosts: ['127.0.0.1'], ca });
});
afterAll(() => rm(directory, { recursive: true }));

afterEach(async () => {
  await trial.source.stop();
  await api.close();
  await trial.fake.stop();
});

describe.each(['HTTP/1.1', 'HTTP/2'])('KubeSource over %s, while events come wrong', (protocol) => {
  beforeEach(async () => {
    trial = new SourceTrial(protocol === 'HTTP/2' ? pair : undefined);
    await trial.fake.start();
    for (let i = 0; i < 20; i++) trial.fake.put(ingressJson(`i-${i}`));
    trial.fake.put(ingressJson('cafe', 'cafe-secret'));
    trial.fake.put(secretJson('cafe-secret', 'one'));
    const certificateAuthority = protocol === 'HTTP/2' ? join(directory, 'ca.crt') : '';
    api = await connectKubeApi({ apiServerHost: trial.fake.url, certificateAuthority, logger: trial.logger });
    trial.source = sourceWith({});
  });

  it.each<readonly [string, () => (line: WatchLine) => readonly (WatchLine | string)[]]>([
    ['doubled', () => (line) => [line, line]],
    ['doubled as a whole, one behind the other', doubledInPairs],
  ])('is right in the end when they come %s', async (_, mangle) => {
    await trial.start();
    trial.fake.mangle = mangle();
    for (let i = 0; i < 6; i++) trial.fake.put(ingressJson(`i-${i}`, 'changed'));
    trial.fake.remove(ingressJson('i-7'));
    trial.fake.remove(ingressJson('i-8'));
    await trial.settled();
  });

  it('is right in the end when they come in another order', async () => {
    await trial.start();
    const kept: WatchLine[] = [];
    trial.fake.mangle = (line) => (kept.push(line) < 4 ? [] : kept.splice(0).reverse());
    trial.fake.put(ingressJson('i-1', 'changed'));
    trial.fake.remove(ingressJson('i-2'));
    trial.fake.put(ingressJson('i-2', 'new'));
    trial.fake.remove(ingressJson('i-1'));
    await trial.settled();
    expect(trial.failed('Ingress', 'garbled')).toBe(1);
  });

  it('does not bring back what is gone when an old event comes once more', async () => {
    await trial.start();
    const lines: WatchLine[] = [];
    trial.fake.mangle = (line) => {
      lines.push(line);
      return line.type === 'DELETED' ? [line, lines[0]!] : [line];
    };
    trial.fake.put(ingressJson('i-1', 'changed'));
    trial.fake.remove(ingressJson('i-1'));
    await trial.settled();
    expect(trial.seen.at(-1)?.ingresses.has(objectKey('default', 'i-1'))).toBe(false);
  });

  it('finds what it was never told of, ten minutes later at the latest', async () => {
    await trial.start();
    trial.fake.mangle = () => [];
    trial.fake.put(ingressJson('missed'));
    trial.fake.remove(ingressJson('i-1'));
    trial.fake.mangle = (line) => [line];
    trial.skewMs = 10 * 60_000;
    trial.fake.endWatches();
    await trial.settled();
    expect(trial.lists()).toBe(2);
  });

  it('goes on from the last bookmark without a list when the watch ends in its time', async () => {
    await trial.start();
    trial.fake.put(serviceJson('busy'));
    trial.fake.bookmark('ingresses');
    await until(() => trial.source.counters().get('Ingress')?.bookmarks === 1);
    trial.skewMs = 9 * 60_000;
    const versionOfBookmark = trial.fake.version;
    trial.fake.endWatches();
    trial.fake.put(ingressJson('later'));
    await trial.settled();
    expect(trial.lists()).toBe(1);
    const last = trial.fake.asked.filter(isWatchOf('ingresses')).at(-1);
    expect(last?.query.get('resourceVersion')).toBe(versionOfBookmark);
  });

  it.each([
    ['a line that is no JSON', '{"type":"MODIFIED","object":{"kind":"Ingr\n'],
    ['an empty line', '\n'],
    ['an object of another kind', `${line('ADDED', { ...secretJson('x', ''), apiVersion: 'v1' })}\n`],
    ['an object without a version', `${line('ADDED', ingressJson('x'))}\n`],
    ['an event that nobody knows', `${line('RENAMED', versioned('9999'))}\n`],
  ])('lists again after %s, and keeps everything meanwhile', async (_, text) => {
    await trial.start();
    trial.fake.send('ingresses', text);
    await until(() => trial.lists() === 2);
    trial.fake.put(ingressJson('after'));
    await trial.settled();
    expect(trial.seen.every(({ ingresses }) => ingresses.size >= 21)).toBe(true);
  });

  it('reads on where the connection broke off in the middle of a line', async () => {
    await trial.start();
    trial.fake.mangle = (each) => [JSON.stringify(each).slice(0, 50)];
    trial.fake.put(ingressJson('broken-off'));
    trial.fake.mangle = (each) => [each];
    trial.fake.endWatches();
    await trial.settled();
    expect(trial.lists()).toBe(1);
  });

  it('takes an object of five megabytes, in many pieces, and any character that is no LF', async () => {
    await trial.start();
    const big = ingressJson('big');
    trial.fake.put({
      ...big,
      metadata: { ...big.metadata, annotations: { a: '\u2028é\r'.repeat(800_000) } },
    } as typeof big);
    await trial.settled();
    expect(trial.lists()).toBe(1);
  });

  it('gives up a line that never ends', async () => {
    await trial.start();
    trial.fake.send('ingresses', 'x'.repeat(17 * 1024 * 1024));
    await until(() => trial.failed('Ingress', 'garbled') === 1);
    await trial.settled();
  });

  it.each([410, 500])('begins again when the stream says %d', async (code) => {
    await trial.start();
    const status = { kind: 'Status', apiVersion: 'v1', code, reason: code === 410 ? 'Expired' : 'InternalError' };
    trial.fake.send('ingresses', `${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    trial.fake.put(ingressJson('after'));
    await trial.settled();
    expect(trial.failed('Ingress', code === 410 ? 'expired' : 'refused')).toBe(1);
    expect(trial.lists()).toBe(code === 410 ? 2 : 1);
  });

  it('finds a watch that is open and silent', async () => {
    await trial.source.stop();
    trial.source = sourceWith({ silenceMs: 2000 });
    await trial.start();
    trial.fake.mangle = () => [];
    await until(() => trial.failed('Ingress', 'silent') > 0);
    expect(trial.lists()).toBe(1);
  });

  it('asks again for a watch that is never answered', async () => {
    await trial.source.stop();
    trial.source = sourceWith({ silenceMs: 2000 });
    trial.fake.fail(isWatchOf('ingresses'), () => undefined);
    await trial.start();
    trial.fake.put(ingressJson('unheard'));
    await trial.settled();
    expect(trial.failed('Ingress', 'silent')).toBeGreaterThan(0);
    expect(trial.lists()).toBe(1);
  });
});

function line(type: string, object: unknown): string {
  return JSON.stringify({ type, object });
}

function versioned(resourceVersion: string): unknown {
  const json = ingressJson('x');
  return { ...json, metadata: { ...json.metadata, resourceVersion } };
}

/** Two lines, and then the same two again. */
function doubledInPairs(): (line: WatchLine) => readonly WatchLine[] {
  const pair: WatchLine[] = [];
  return (each) => {
    pair.push(each);
    if (pair.length < 2) return [];
    const both = pair.splice(0);
    return [...both, ...both];
  };
}
