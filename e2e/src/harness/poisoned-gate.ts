/**
 * Duty: a pipeline with a real nginx whose configurations are made wrong on purpose: it stands for whatever no check of ours
 * has found, and for machines that refuse.
 */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyObject } from '@gatehouse/kube-model';
import { ObjectStore } from '@gatehouse/kube-model';
import { createRenderer, type Bundle } from '@gatehouse/nginx';
import { createLocalSupervisor, createNginxProcess, findNginx, readCapabilities } from '@gatehouse/nginx-process';
import { createPipeline, type EventRecord, type Round } from '@gatehouse/pipeline';
import { createResolver, defaultRoutingOptions, type Model } from '@gatehouse/routing';
import { freePort, systemClock } from '@gatehouse/testing';
import type { GatePorts } from './ask.ts';

export interface PoisonedGate extends GatePorts {
  readonly runtimeDirectory: string;
  readonly events: readonly EventRecord[];
  /** Rounds that the machine did not let come to their end. */
  readonly faults: readonly unknown[];
  /** Objects that are there from now on, in place of those of their names; resolves with the round that follows. */
  put(...objects: readonly AnyObject[]): Promise<Round>;
  /** The same without waiting. */
  tell(...objects: readonly AnyObject[]): void;
  close(): Promise<void>;
}

export interface PoisonedGateOptions {
  /** What becomes of each nginx.conf before nginx sees it. */
  readonly poison?: (text: string) => string;
  /** The caller's; one that is made and taken away when left out. */
  readonly runtimeDirectory?: string;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const CLOSE_GRACE_MS = 5000;

/** Starts with the first objects that it is told of. */
export async function openPoisonedGate(options: PoisonedGateOptions = {}): Promise<PoisonedGate> {
  const { poison = (text: string) => text } = options;
  const ports = { httpPort: await freePort(), httpsPort: await freePort() };
  const runtimeDirectory = options.runtimeDirectory ?? mkdtempSync(join(tmpdir(), 'poisoned-'));
  const store = new ObjectStore();
  const [rounds, events, faults]: [Round[], EventRecord[], unknown[]] = [[], [], []];
  const accessLogDescriptor = openSync('/dev/null', 'w');
  let changed: (() => void) | undefined;
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
  const render = (model: Model): Bundle => {
    const bundle = renderer.render(model);
    return { ...bundle, files: new Map([...bundle.files].map(([name, text]) => [name, poison(text)])) };
  };
  const pipeline = createPipeline({
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
      supervisor: createLocalSupervisor({
        binary: binary.value,
        runtimeDirectory,
        logger: silent,
        accessLogDescriptor,
        onRestart: () => pipeline.nginxRestarted(),
      }),
    }),
    clock: systemClock,
    logger: silent,
    events: { record: (event) => events.push(event) },
    resolve: (snapshot, nowMs) => resolver.resolve(snapshot, nowMs),
    render,
    jitter: () => 0,
    onRound: (round) => rounds.push(round),
    onFault: (error) => faults.push(error),
  });
  const tell = (...objects: readonly AnyObject[]): void => {
    for (const object of objects) store.upsert(object);
    if (changed === undefined) void pipeline.start();
    else changed();
  };
  return {
    ...ports,
    runtimeDirectory,
    events,
    faults,
    tell,
    async put(...objects) {
      const before = rounds.length;
      tell(...objects);
      while (rounds.length === before) await new Promise((done) => setTimeout(done, 10));
      return rounds.at(-1)!;
    },
    async close() {
      await pipeline.stop(CLOSE_GRACE_MS);
      closeSync(accessLogDescriptor);
      if (options.runtimeDirectory === undefined) rmSync(runtimeDirectory, { recursive: true, force: true });
    },
  };
}
