import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { livingProcesses, processWithChildren } from '@gatehouse/testing';
import { ask } from '../harness/ask.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { hold, lostRequests } from './fault-figure.ts';
import { openScene, timeUntil, type Scene } from './scene.ts';

const WORKER_KILLS = 5;
const MASTER_KILLS = 3;
const KILLS_ON_THE_WAY = 5;

describe('nginx that is killed', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.close());

  const isLive = async (host: string): Promise<boolean> => {
    const answer = await ask(scene.gate, { ask: `GET http://${host}/` }).catch(() => undefined);
    return answer?.status === 200;
  };
  const workers = async (): Promise<readonly number[]> => (await processWithChildren(scene.master())).slice(1);

  it('is there again within two seconds when it was its master', async () => {
    const traffic = scene.startTraffic();
    for (let count = 0; count < MASTER_KILLS; count += 1) {
      await traffic.during(0.5);
      const master = scene.master();
      process.kill(master, 'SIGKILL');
      await timeUntil(() => ![0, master].includes(scene.master()));
    }
    await traffic.during(1);
    const { silentMs, lost, requests } = await traffic.stop();
    const note = `${lost} of ${requests} requests lost over ${MASTER_KILLS} kills`;
    hold('nginx-master-killed', [
      { name: 'longest time without an answer', unit: 'ms', measured: silentMs, bar: { atMost: 2000 }, note },
    ]);
  });

  it('is there again within two seconds and runs what it was on its way to', async () => {
    const traffic = scene.startTraffic();
    const liveMs: number[] = [];
    for (let count = 0; count < KILLS_ON_THE_WAY; count += 1) {
      await traffic.during(0.5);
      await timeUntil(async () => (await isLive('x.example.com')) && (await isAlive(scene.master())));
      const host = `way-${count}.example.com`;
      const [master, reloads] = [scene.master(), scene.reloads()];
      await scene.apply(`way-${count}`, [oneRule({ name: `way-${count}`, host })]);
      await timeUntil(() => scene.reloads() > reloads);
      await delay(10 * count);
      process.kill(master, 'SIGKILL');
      liveMs.push(await timeUntil(() => isLive(host)));
    }
    const { silentMs, lost, requests } = await traffic.stop();
    const note = `${lost} of ${requests} requests lost over ${KILLS_ON_THE_WAY} kills`;
    hold('nginx-master-killed-in-a-change', [
      { name: 'longest time without an answer', unit: 'ms', measured: silentMs, bar: { atMost: 2000 }, note },
      {
        name: 'what it was on its way to is live within',
        unit: 'ms',
        measured: Math.max(...liveMs),
        bar: { atMost: 5000 },
      },
    ]);
  });

  it('loses no more than the requests that it was just answering when it was a worker', async () => {
    // So that some are under way at any time.
    const traffic = scene.startTraffic({ headers: { 'x-answer-delay-ms': '50' } });
    let underWay = 0;
    for (let count = 0; count < WORKER_KILLS; count += 1) {
      await traffic.during(0.5);
      const before = await workers();
      underWay += traffic.underWay();
      process.kill(before[0] ?? 0, 'SIGKILL');
      await timeUntil(async () => (await workers()).length === before.length && !(await isAlive(before[0])));
    }
    await traffic.during(1);
    const result = await traffic.stop();
    expect(underWay).toBeGreaterThan(0);
    hold('nginx-worker-killed', [
      lostRequests(`${WORKER_KILLS} killed workers, with ${underWay} requests under way`, result, underWay),
      { name: 'longest time without an answer', unit: 'ms', measured: result.silentMs, bar: { atMost: 1000 } },
    ]);
  });
});

async function isAlive(id = 0): Promise<boolean> {
  return (await livingProcesses([id])).length > 0;
}
