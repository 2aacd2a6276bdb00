/**
 * Duty: what a fault happens to: a controller with a real nginx, a backend, and a route to it that traffic goes over. Its
 * objects are in a directory of files.
 */
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startEchoBackend, type EchoBackend } from '../harness/echo-backend.ts';
import { startGate, type Gate } from '../harness/gate.ts';
import { makeManifestDirectory, oneRule, serviceOnLoopback } from '../harness/manifest-directory.ts';
import { startTraffic, type Traffic, type TrafficOptions } from './traffic.ts';
import { masterIn } from '@gatehouse/testing';

export interface Scene {
  readonly gate: Gate;
  /** Of the Service `web`, that x.example.com leads to. */
  readonly backend: EchoBackend;
  /** Where further backends have to listen. */
  readonly address: string;
  /** Objects in place of those that had this name, `x` is that of the route, `web` that of its Service. */
  apply(name: string, objects: readonly object[]): Promise<void>;
  /** Ends with the scene at the latest. */
  startTraffic(options?: TrafficOptions): Traffic;
  /** How many configurations took the place of another so far. */
  reloads(): number;
  /** Process id of nginx' master; 0 while there is none. */
  master(): number;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly flags?: readonly string[];
  /** What is there from the start, beside the route. */
  readonly objects?: Readonly<Record<string, readonly object[]>>;
}

export async function openScene({ flags = [], objects = {} }: SceneOptions = {}): Promise<Scene> {
  const directory = makeManifestDirectory();
  const backend = await startEchoBackend({ name: 'web' });
  const all = { web: serviceOnLoopback('web', backend.port), x: [oneRule()], ...objects };
  for (const [name, some] of Object.entries(all)) directory.save(`${name}.yaml`, some);
  const watched = watchGate(await startGate({ manifests: directory.path, flags }));
  return {
    ...watched,
    backend,
    address: '127.0.0.1',
    apply(name, some) {
      directory.save(`${name}.yaml`, some);
      return Promise.resolve();
    },
    async close() {
      await watched.close();
      await backend.close();
      directory.cleanUp();
    },
  };
}

/** What `measure` comes to in a scene of its own. */
export async function inScene<T>(measure: (scene: Scene, count: number) => Promise<T>, count: number): Promise<T> {
  const scene = await openScene();
  return measure(scene, count).finally(() => scene.close());
}

const POLL_MS = 5;

/** What is the same for all scenes. */
export function watchGate(gate: Gate): Pick<Scene, 'close' | 'gate' | 'master' | 'reloads' | 'startTraffic'> {
  const traffics: Traffic[] = [];
  const current = (): string => readlinkSync(join(gate.runtimeDirectory, 'config/current'));
  let [last, reloads] = [current(), 0];
  // The link is switched once for each configuration that nginx is to run.
  const look = (): void => {
    const now = current();
    if (now !== last) reloads += 1;
    last = now;
  };
  const timer = setInterval(look, POLL_MS);
  return {
    gate,
    startTraffic(options) {
      const traffic = startTraffic(gate, options);
      traffics.push(traffic);
      return traffic;
    },
    reloads() {
      look();
      return reloads;
    },
    master() {
      try {
        return masterIn(gate.runtimeDirectory);
      } catch {
        return 0;
      }
    },
    async close() {
      clearInterval(timer);
      await Promise.all(traffics.map((traffic) => traffic.stop()));
      await gate.close();
    },
  };
}

/** How long it takes until `condition` holds; gives up after `limitMs`, which no promise reaches. */
export async function timeUntil(condition: () => Promise<boolean> | boolean, limitMs = 30_000): Promise<number> {
  const startedMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - startedMs > limitMs) throw new Error(`not within ${limitMs} ms: ${condition.toString()}`);
    await delay(POLL_MS);
  }
  return performance.now() - startedMs;
}
