import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyObject, Ingress } from '@gatehouse/kube-model';
import { ObjectStore } from '@gatehouse/kube-model';
import { createRenderer, type Bundle } from '@gatehouse/nginx';
import { createLocalSupervisor, createNginxProcess, findNginx, readCapabilities } from '@gatehouse/nginx-process';
import { createPipeline, type EventRecord, type Pipeline, type Round } from '@gatehouse/pipeline';
import { createResolver, defaultRoutingOptions, type Model } from '@gatehouse/routing';
import { anEndpointSlice, anIngress, aService, freePort } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';

/** A path that our renderer is made to write wrongly: it stands for whatever no check of ours has found. */
const POISON = '/poison';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('an Ingress that nginx refuses in spite of all checks', () => {
  let backend: EchoBackend;
  let ports: { readonly httpPort: number; readonly httpsPort: number };
  let runtimeDirectory: string;
  let store: ObjectStore;
  let pipeline: Pipeline;
  let rounds: Round[];
  let events: EventRecord[];
  let changed: () => void;

  beforeEach(async () => {
    backend = await startEchoBackend({ name: 'web' });
    ports = { httpPort: await freePort(), httpsPort: await freePort() };
    runtimeDirectory = mkdtempSync(join(tmpdir(), 'quarantine-'));
    store = new ObjectStore();
    rounds = [];
    events = [];
    const binary = await findNginx({ named: process.env['GATEHOUSE_NGINX_BINARY'] ?? '', searchPath: '' });
    if (!binary.ok) throw new Error(binary.error);
    const resolver = createResolver({
      ...defaultRoutingOptions,
      classObjectsOptional: true,
      allowLoopbackEndpoints: true,
    });
    const renderer = createRenderer({
      capabilities: await readCapabilities(binary.value),
      http: [{ address: '127.0.0.1', port: ports.httpPort }],
      https: [{ address: '127.0.0.1', port: ports.httpsPort }],
      runtimeDirectory,
      resolvers: [],
      openFileLimit: 1024,
      ...(process.getuid?.() === 0 ? { workerUser: 'www-data' } : {}),
    });
    const poisoned = (model: Model): Bundle => {
      const bundle = renderer.render(model);
      const text = bundle.files.get('nginx.conf') ?? '';
      const files = new Map(bundle.files).set('nginx.conf', text.replaceAll(`"${POISON}`, `^wrong^ "${POISON}`));
      return { ...bundle, files };
    };
    pipeline = createPipeline({
      source: {
        start: (onChange) => {
          changed = onChange;
          return Promise.resolve();
        },
        snapshot: () => store.snapshot(),
        stop: () => Promise.resolve(),
      },
      nginx: createNginxProcess({
        runtimeDirectory,
        logger: silent,
        supervisor: createLocalSupervisor({ binary: binary.value, runtimeDirectory, logger: silent }),
      }),
      clock: {
        monotonicMs: () => performance.now(),
        nowMs: () => Date.now(),
        after: (delayMs, callback) => {
          const timer = setTimeout(callback, delayMs);
          return () => clearTimeout(timer);
        },
      },
      logger: silent,
      events: { record: (event) => events.push(event) },
      resolve: (snapshot, nowMs) => resolver.resolve(snapshot, nowMs),
      render: poisoned,
      jitter: () => 0,
      onRound: (round) => rounds.push(round),
    });
  });

  afterEach(async () => {
    await pipeline.stop(5000);
    await backend.close();
    rmSync(runtimeDirectory, { recursive: true, force: true });
  });

  const web = (): readonly AnyObject[] => [
    aService({ name: 'web' }),
    anEndpointSlice({ service: 'web', addresses: ['127.0.0.1'], ports: [{ name: 'http', port: backend.port }] }),
  ];
  const ingressAt = (name: string, path: string): Ingress =>
    anIngress({ name, rules: [{ host: `${name}.example.com`, paths: [{ path, backend: 'web:80' }] }] });
  const statusOf = async (name: string, path: string): Promise<number> =>
    (await ask(ports, { ask: `GET http://${name}.example.com${path}` })).status;
  const nextRound = async (change: () => void): Promise<Round> => {
    const before = rounds.length;
    change();
    while (rounds.length === before) await new Promise((done) => setTimeout(done, 10));
    return rounds.at(-1)!;
  };

  it('is kept out alone: its last accepted form and all others go on, and its next change is tried again', async () => {
    store.replaceAll([...web(), ingressAt('good', '/'), ingressAt('bad', '/fine')]);
    await nextRound(() => void pipeline.start());
    expect(await statusOf('bad', '/fine')).toBe(200);

    const refused = await nextRound(() => {
      store.upsert(ingressAt('bad', POISON));
      store.upsert(ingressAt('good', '/new'));
      changed();
    });
    expect(refused.outcome).toBe('applied');
    expect(refused.problems).toEqual([
      expect.objectContaining({ code: 'ConfigRejected', object: expect.objectContaining({ name: 'bad' }) }),
    ]);
    expect(await statusOf('good', '/new')).toBe(200);
    expect(await statusOf('bad', '/fine')).toBe(200);
    expect(events.filter(({ reason }) => reason === 'ConfigRejected')).toHaveLength(1);

    const healed = await nextRound(() => {
      store.upsert(ingressAt('bad', '/healed'));
      changed();
    });
    expect(healed.problems).toEqual([]);
    expect(await statusOf('bad', '/healed')).toBe(200);
    expect(await statusOf('bad', '/fine')).toBe(404);
  });

  it('does not keep the first configuration from running', async () => {
    store.replaceAll([...web(), ingressAt('good', '/'), ingressAt('bad', POISON)]);
    const round = await nextRound(() => void pipeline.start());
    expect(round.problems.map(({ code }) => code)).toEqual(['ConfigRejected']);
    expect(await statusOf('good', '/')).toBe(200);
    expect(await statusOf('bad', POISON)).toBe(404);
  });
});
