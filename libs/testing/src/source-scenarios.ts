/**
 * Duty: the contract of whoever follows an API server: what happens to it, as scenarios that are run against the fake
 * server and against the real one. After each of them the source must have exactly what the server has.
 */
import assert from 'node:assert/strict';
import { objectKey } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import type { ObjectSource } from '@gatehouse/pipeline';
import type { KubeJson } from './fake-api-server.ts';
import {
  configMapJson,
  endpointSliceJson,
  ingressClassJson,
  ingressJson,
  secretJson,
  serviceJson,
} from './kube-json.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import { until } from './until.ts';

/** A server, the wire to it, and a source that was started at its other end. */
export interface SourceWorld {
  readonly source: ObjectSource;
  readonly wire: TcpProxy;
  /** Every state that the source told of. */
  readonly seen: readonly Snapshot[];
  put(json: KubeJson): Promise<void>;
  remove(json: KubeJson): Promise<void>;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  /** A watch from a version of before gets 410. */
  forgetHistory(): Promise<void>;
  /** Resolves when the source has what the server has. */
  settled(): Promise<void>;
}

export interface SourceScenario {
  readonly name: string;
  /** What is there before the source starts. */
  readonly before?: readonly KubeJson[];
  /** The source is stopped when it has run, so that there is nothing to compare. */
  readonly endsStopped?: boolean;
  run(world: SourceWorld): Promise<void>;
}

/** The ConfigMap that the source of a scenario reads. */
export const SCENARIO_CONFIG_MAP = objectKey('default', 'config');

const cafe = ingressJson('cafe', 'cafe-secret');
const keyOf = ({ metadata }: KubeJson) => objectKey(metadata.namespace ?? '', metadata.name);
const uidOf = (snapshot: Snapshot, json: KubeJson) => snapshot.ingresses.get(keyOf(json))?.uid;
const some = (count: number): readonly KubeJson[] => Array.from({ length: count }, (_, i) => ingressJson(`many-${i}`));

export const sourceScenarios: readonly SourceScenario[] = [
  {
    name: 'has what was there before, in several pages',
    before: some(1200),
    async run({ source }) {
      assert.equal(source.snapshot().ingresses.size, 1200);
    },
  },
  {
    name: 'follows objects of every kind that come, change and go',
    async run({ put, remove, settled }) {
      const first = [
        ingressClassJson('own'),
        cafe,
        serviceJson('tea-svc'),
        endpointSliceJson('tea-svc', '10.1.0.1'),
        configMapJson('config', { 'proxy-body-size': '1m' }),
        configMapJson('another', {}),
      ];
      for (const json of first) await put(json);
      await settled();
      await put(serviceJson('tea-svc', 81));
      await put(endpointSliceJson('tea-svc', '10.1.0.2'));
      await put(configMapJson('config', { 'proxy-body-size': '2m' }));
      await put(ingressJson('cafe', 'other-secret'));
      await settled();
      for (const json of first) await remove(json);
    },
  },
  {
    name: 'knows the Secrets that are asked for, and no others',
    before: [cafe, secretJson('unasked', 'x')],
    async run({ source, put, remove, settled }) {
      assert.equal(source.snapshot().secrets.size, 0);
      await put(secretJson('cafe-secret', 'one'));
      await settled();
      assert.deepEqual([...source.snapshot().secrets.keys()], ['default/cafe-secret']);
      await put(secretJson('cafe-secret', 'two'));
      await settled();
      await remove(secretJson('cafe-secret', ''));
      await settled();
      await put(secretJson('cafe-secret', 'three'));
      await settled();
      await put(ingressJson('cafe', 'unasked'));
      await settled();
      assert.deepEqual([...source.snapshot().secrets.keys()], ['default/unasked']);
      await remove(cafe);
      await settled();
      assert.equal(source.snapshot().secrets.size, 0);
    },
  },
  {
    name: 'knows every Secret of a namespace where many are asked for, and then few again',
    before: Array.from({ length: 60 }, (_, i) => secretJson(`s-${i}`, `${i}`)),
    async run({ source, put, remove, settled }) {
      for (let i = 0; i < 40; i++) await put(ingressJson(`i-${i}`, `s-${i}`));
      await settled();
      assert.equal(source.snapshot().secrets.size, 40);
      await put(secretJson('s-3', 'changed'));
      await remove(secretJson('s-4', ''));
      await put(ingressJson('i-50', 'later'));
      await put(secretJson('later', 'x'));
      await settled();
      assert.equal(source.snapshot().secrets.size, 40);
      for (let i = 10; i < 40; i++) await remove(ingressJson(`i-${i}`));
      await settled();
      await put(secretJson('s-5', 'changed'));
    },
  },
  {
    name: 'never tells of an Ingress before the Secret that it asks for, when that is there',
    before: [secretJson('cafe-secret', 'one')],
    async run({ seen, put, settled }) {
      await put(cafe);
      await settled();
      const withCafe = seen.filter(({ ingresses }) => ingresses.size > 0);
      assert.notEqual(withCafe.length, 0);
      assert.ok(withCafe.every(({ secrets }) => secrets.size === 1));
    },
  },
  {
    name: 'tells an object from the one before it of the same name',
    before: [cafe],
    async run({ source, wire, put, remove, settled }) {
      const first = uidOf(source.snapshot(), cafe);
      wire.isBlocked = true;
      wire.cut();
      await remove(cafe);
      await put(cafe);
      wire.isBlocked = false;
      await settled();
      assert.notEqual(uidOf(source.snapshot(), cafe), first);
    },
  },
  {
    name: 'goes on after its connections were cut, again and again',
    before: [cafe],
    async run({ wire, put, settled }) {
      for (let i = 0; i < 5; i++) {
        wire.cut();
        await put(ingressJson(`cut-${i}`));
        await put(endpointSliceJson('tea-svc', `10.1.0.${i + 1}`));
      }
      await settled();
    },
  },
  {
    name: 'finds out that its connections died without a word',
    before: [cafe],
    async run({ wire, put, settled }) {
      wire.goSilent();
      await put(ingressJson('unheard'));
      await settled();
    },
  },
  {
    name: 'serves what it knew while the server is away, and takes up what changed after its restart',
    before: [cafe, secretJson('cafe-secret', 'one')],
    async run({ source, put, stopServer, startServer, settled }) {
      const before = source.snapshot();
      await stopServer();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      assert.equal(source.snapshot(), before);
      await startServer();
      await put(ingressJson('after'));
      await put(secretJson('cafe-secret', 'two'));
      await settled();
    },
  },
  {
    name: 'lists again when the server has forgotten what it saw last, and loses nothing meanwhile',
    before: [cafe, secretJson('cafe-secret', 'one'), ...some(20)],
    async run({ seen, wire, put, remove, forgetHistory, settled }) {
      wire.isBlocked = true;
      wire.cut();
      await put(ingressJson('meanwhile'));
      await put(secretJson('cafe-secret', 'two'));
      await remove(ingressJson('many-0'));
      await forgetHistory();
      wire.isBlocked = false;
      await settled();
      assert.ok(seen.every(({ ingresses, secrets }) => ingresses.size >= 20 && secrets.size === 1));
    },
  },
  {
    name: 'stops while the server is away, and tells of nothing afterwards',
    before: [cafe],
    endsStopped: true,
    async run({ source, seen, wire, put }) {
      wire.isBlocked = true;
      wire.cut();
      await until(() => wire.isBlocked);
      await source.stop();
      wire.isBlocked = false;
      const count = seen.length;
      await put(ingressJson('late'));
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(seen.length, count);
    },
  },
];
