import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { endpointSliceJson, RecordingLogger, systemClock, until } from '@gatehouse/testing';
import type { KubeApi } from '../kube-api.ts';
import { createKubeSource, type KubeSource } from './kube-source.ts';

const EVENTS = 100_000;
const PORTION = 5000;
const OBJECTS = 200;
const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A server whose watch of EndpointSlices brings as many events as the test asks for. */
class Flood implements KubeApi {
  #version = 1;
  #wake: () => void = () => undefined;
  #wanted = 0;
  #isClosed = false;

  /** How many events were asked for in all. */
  poured = 0;

  send(): Promise<unknown> {
    const metadata = { resourceVersion: '1' };
    return Promise.resolve({ kind: 'EndpointSliceList', apiVersion: 'discovery.k8s.io/v1', metadata, items: [] });
  }

  stream(): Promise<AsyncIterable<Uint8Array>> {
    return Promise.resolve(this.#events());
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    return Promise.resolve();
  }

  pour(count: number): void {
    this.poured += count;
    this.#wanted += count;
    this.#wake();
  }

  async *#events(): AsyncGenerator<Uint8Array> {
    while (!this.#isClosed) {
      if (this.#wanted === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      const count = Math.min(100, this.#wanted);
      this.#wanted -= count;
      if (count > 0) yield Buffer.from(Array.from({ length: count }, () => this.#event()).join(''));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #event(): string {
    const version = ++this.#version;
    const json = endpointSliceJson(`service-${version % OBJECTS}`, `10.0.${version % 250}.${(version >> 8) % 250}`);
    const metadata = {
      ...json.metadata,
      uid: 'u',
      resourceVersion: String(version),
      managedFields: [{ a: 'x'.repeat(500) }],
    };
    return `${JSON.stringify({ type: 'MODIFIED', object: { ...json, metadata } })}\n`;
  }
}

describe('the memory of a source', () => {
  let flood: Flood;
  let source: KubeSource;

  beforeEach(() => {
    flood = new Flood();
    source = createKubeSource({
      api: flood,
      logger: new RecordingLogger(),
      clock: systemClock,
      jitter: Math.random,
      watchNamespace: '',
      kinds: ['EndpointSlice'],
      configMaps: [],
      services: [],
      secretsOf: () => new Set(),
    });
  });

  afterEach(async () => {
    await flood.close();
    await source.stop();
  });

  /** What is in use when so many more events have come. */
  const heapAfter = async (events: number): Promise<number> => {
    for (let poured = 0; poured < events; poured += PORTION) {
      flood.pour(PORTION);
      const sum = flood.poured;
      await until(() => source.counters().get('EndpointSlice')?.events === sum);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };

  it(`is as large after ${EVENTS} events as after the first of them`, async () => {
    await source.start(() => void source.snapshot());
    const early = await heapAfter(EVENTS / 10);
    const late = await heapAfter(EVENTS - EVENTS / 10);
    expect(source.snapshot().endpointSlices.size).toBe(OBJECTS);
    expect((late - early) / MIB).toBeLessThan(3);
  }, 120_000);
});
