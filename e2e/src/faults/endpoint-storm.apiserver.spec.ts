import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processWithChildren } from '@gatehouse/testing';
import { ask } from '../harness/ask.ts';
import { testedCapabilities } from '../harness/bare-nginx.ts';
import { startEchoBackend, type EchoBackend } from '../harness/echo-backend.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { hold, lostRequests } from './fault-figure.ts';
import { openClusterScene } from './cluster-scene.ts';
import { serviceWith } from './pods.ts';
import { timeUntil, type Scene } from './scene.ts';

const SECONDS = 20;
const CHANGES_PER_MINUTE = 1000;
const CHANGES = Math.round((SECONDS / 60) * CHANGES_PER_MINUTE);
/** Pods of one Service, of which some are ready at any time. */
const PODS = 4;

/** A reload rests longer. */
const USED_WITHIN_MS = testedCapabilities().upstreamResolve ? 2000 : 3500;

describe('a storm of endpoints', () => {
  it('loses no request, is followed, and costs no more than a reload a second', async () => {
    const scene = await openClusterScene();
    const { address, apply, gate } = scene;
    const pods = await Promise.all(
      Array.from({ length: PODS }, (_, at) => startEchoBackend({ name: `pod-${at}`, address })),
    );
    try {
      const [first, second] = pods as [EchoBackend, EchoBackend];
      await apply('probe', [oneRule({ name: 'p', host: 'p.example.com', service: 'probe' })]);
      await gate.change(() => void apply('probed', serviceWith('probe', { address, ready: [first] })));
      const traffic = scene.startTraffic();
      const [reloads, memoryMiB] = [scene.reloads(), await memoryOfNginx(scene)];
      const storm = changeEndpoints(scene, pods);
      const usedMs = await probe(scene, [first, second], storm);
      expect(await storm).toBe(CHANGES);
      const reloadCount = scene.reloads() - reloads;
      const result = await traffic.stop();
      // What drains has ended then, and what leaks has not.
      await delay(2000);
      const growth = (await memoryOfNginx(scene)) - memoryMiB;
      hold('endpoint-storm', [
        lostRequests(`${CHANGES} changes of endpoints in ${SECONDS} s`, result),
        { name: 'a change is used after', unit: 'ms', measured: Math.max(...usedMs), bar: { atMost: USED_WITHIN_MS } },
        { name: `reloads in ${SECONDS} s`, unit: 'count', measured: reloadCount, bar: { atMost: SECONDS + 1 } },
        { name: 'growth of nginx', unit: 'MiB', measured: growth, bar: { atMost: 10 } },
      ]);
    } finally {
      await scene.close();
      await Promise.all(pods.map((pod) => pod.close()));
    }
  }, 120_000);
});

/** Pods that are ready no more still answer, as those that were told to end do for a while. */
async function changeEndpoints({ address, apply, backend }: Scene, pods: readonly EchoBackend[]): Promise<number> {
  const beganMs = performance.now();
  let count = 0;
  for (; count < CHANGES; count += 1) {
    const ready = pods.filter((_, at) => (count >> at) % 2 === 1);
    await apply('web', serviceWith('web', { address, ready: [backend, ...ready] }));
    await delay(Math.max(0, beganMs + ((count + 1) * 60_000) / CHANGES_PER_MINUTE - performance.now()));
  }
  return count;
}

/** How long each of some changes of a Service of its own takes until it is used, until `over`. */
async function probe(
  { address, apply, gate }: Scene,
  pods: readonly [EchoBackend, EchoBackend],
  over: Promise<unknown>,
): Promise<readonly number[]> {
  const times: number[] = [];
  const ending = new AbortController();
  void over.finally(() => ending.abort());
  while (!ending.signal.aborted) {
    const at = (times.length + 1) % 2;
    await apply('probed', serviceWith('probe', { address, ready: pods.slice(at, at + 1) }));
    const isUsed = async (): Promise<boolean> =>
      (await ask(gate, { ask: 'GET http://p.example.com/' })).body.includes(`"pod-${at}"`);
    times.push(await timeUntil(isUsed));
    await delay(500);
  }
  return times;
}

/** Resident memory of all of nginx. */
async function memoryOfNginx(scene: Scene): Promise<number> {
  const ids = await processWithChildren(scene.master());
  const kibibytes = ids.map((id) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}
