/**
 * Duty: an API server that goes away while traffic runs, and comes back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../harness/ask.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import { timeUntil } from './scene.ts';

export async function outliveApiServer(scene: ClusterScene, seconds: number): Promise<readonly FaultFigure[]> {
  const { apply, gate, server } = scene;
  const statusOfNew = async (): Promise<number> => (await ask(gate, { ask: 'GET http://new.example.com/' })).status;
  const traffic = scene.startTraffic();
  const reloads = scene.reloads();
  await server.stopServer();
  await delay(seconds * 1000);
  const needless = scene.reloads() - reloads;
  await server.startServer();
  await apply('new', [oneRule({ name: 'new', host: 'new.example.com' })]);
  const liveMs = await timeUntil(async () => (await statusOfNew()) === 200);
  return [
    lostRequests(`${seconds} s without an API server`, await traffic.stop()),
    { name: 'reloads meanwhile', unit: 'count', measured: needless, bar: { atMost: 0 } },
    { name: 'a change is live, after its return, within', unit: 'ms', measured: liveMs, bar: { atMost: 10_000 } },
  ];
}
