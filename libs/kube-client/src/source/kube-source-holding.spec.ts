import { describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { objectKey } from '@gatehouse/core';
import { FakeClock, RecordingLogger } from '@gatehouse/testing';
import type { KubeApi } from '../kube-api.ts';
import { createKubeSource } from './kube-source.ts';

/** An API server with no object at first, whose watch of Ingresses is fed by hand, and which answers for no Secret. */
function aServerSilentOnSecrets() {
  const lines: string[] = [];
  let wake: () => void = () => undefined;
  async function* fed(): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (let line = lines.shift(); line !== undefined; line = lines.shift()) yield Buffer.from(`${line}\n`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  async function* silent(): AsyncGenerator<Uint8Array> {
    await new Promise(() => undefined);
    yield Buffer.of();
  }
  const api: KubeApi = {
    send: ({ path }) =>
      path.includes('/secrets/')
        ? new Promise(() => undefined)
        : Promise.resolve({
            apiVersion: 'networking.k8s.io/v1',
            kind: 'IngressList',
            metadata: { resourceVersion: '1' },
            items: [],
          }),
    stream: ({ path }) => Promise.resolve(path.endsWith('/ingresses') ? fed() : silent()),
    close: () => Promise.resolve(),
  };
  const add = (name: string, version: number): void => {
    const metadata = { name, namespace: 'default', uid: name, resourceVersion: String(version) };
    const spec = { defaultBackend: { service: { name: 'web', port: { number: 80 } } } };
    const object = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
    lines.push(JSON.stringify({ type: 'ADDED', object }));
    wake();
  };
  return { api, add };
}

describe('a source that waits for Secrets', () => {
  it('tells of a change within two seconds, however many others ask for Secrets of their own meanwhile', async () => {
    const { api, add } = aServerSilentOnSecrets();
    const clock = new FakeClock();
    const source = createKubeSource({
      api,
      clock,
      logger: new RecordingLogger(),
      jitter: () => 0.5,
      watchNamespace: '',
      kinds: ['Ingress', 'Secret'],
      configMaps: [],
      services: [],
      secretsOf: ({ ingresses }) => new Set([...ingresses.values()].map(({ ref }) => objectKey('default', ref.name))),
    });
    let told = 0;
    await source.start(() => (told += 1));
    for (let second = 0; second < 5; second++) {
      add(`attacker-${second}`, 10 + second);
      for (let turns = 0; turns < 10; turns++) await turn();
      await clock.advance(1000);
    }
    expect(source.snapshot().ingresses.size).toBeGreaterThanOrEqual(2);
    expect(told).toBeGreaterThanOrEqual(2);
  });
});
