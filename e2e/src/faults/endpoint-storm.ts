/**
 * Duty: endpoints that change a thousand times a minute, under traffic.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processWithChildren } from '@gatehouse/testing';
import { ask } from '../harness/ask.ts';
import { testedCapabilities } from '../harness/bare-nginx.ts';
import { startEchoBackend, type EchoBackend } from '../harness/echo-backend.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import { serviceWith } from './pods.ts';
import { timeUntil, type Scene } from './scene.ts';

const CHANGES_PER_MINUTE = 1000;
/** Pods of one Service, of which some are ready at any time. */
const PODS = 4;
/** What drains has ended then, and what leaks has not. */
const DRAINED_AFTER_MS = 2000;

export async function changeEndpoints(scene: Scene, seconds: number): Promise<readonly FaultFigure[]> {
  const isByDns = testedCapabilities().upstreamResolve;
  const changes = Math.round((seconds / 60) * CHANGES_PER_MINUTE);
  const { address, apply } = scene;
  const pods = await Promise.all(
    Array.from({ length: PODS }, (_, at) => startEchoBackend({ name: `pod-${at}`, address })),
  );
  try {
    const probed = pods.slice(0, 2);
    await apply('probed', serviceWith('probe', { address, ready: probed }));
    await apply('probe', [oneRule({ name: 'p', host: 'p.example.com', service: 'probe' })]);
    await timeUntil(async () => (await askProbe(scene)) !== '');
    const traffic = scene.startTraffic();
    const [reloadsBefore, memoryBefore] = [scene.reloads(), await memoryOfNginx(scene)];
    const storm = stormOf(scene, pods, changes);
    const usedMs = await probe(scene, probed, storm);
    await storm;
    const reloads = scene.reloads() - reloadsBefore;
    const result = await traffic.stop();
    await delay(DRAINED_AFTER_MS);
    const growth = (await memoryOfNginx(scene)) - memoryBefore;
    const used = { measured: Math.max(...usedMs), bar: { atMost: isByDns ? 2000 : 3500 } };
    return [
      lostRequests(`${changes} changes of endpoints in ${seconds} s`, result),
      { name: 'a change is used after', unit: 'ms', ...used },
      { name: `reloads in ${seconds} s`, unit: 'count', measured: reloads, bar: { atMost: isByDns ? 0 : seconds + 1 } },
      { name: 'growth of nginx', unit: 'MiB', measured: growth, bar: { atMost: 10 } },
    ];
  } finally {
    await Promise.all(pods.map((pod) => pod.close()));
  }
}

/** The Pod that answers for the Service of the probe; empty when none does. */
async function askProbe({ gate }: Scene): Promise<string> {
  const { body } = await ask(gate, { ask: 'GET http://p.example.com/' });
  return /"backend":"(pod-\d)"/.exec(body)?.[1] ?? '';
}

/** Pods that are ready no more still answer, as those that were told to end do for a while. */
async function stormOf(
  { address, apply, backend }: Scene,
  pods: readonly EchoBackend[],
  changes: number,
): Promise<void> {
  const beganMs = performance.now();
  for (let count = 0; count < changes; count += 1) {
    const ready = pods.filter((_, at) => (count >> at) % 2 === 1);
    await apply('web', serviceWith('web', { address, ready: [backend, ...ready] }));
    await delay(Math.max(0, beganMs + ((count + 1) * 60_000) / CHANGES_PER_MINUTE - performance.now()));
  }
}

/** How long each of some changes of a Service of its own takes until it is used, until `over`. */
async function probe(scene: Scene, pods: readonly EchoBackend[], over: Promise<unknown>): Promise<readonly number[]> {
  const { address, apply } = scene;
  const times: number[] = [];
  const ending = new AbortController();
  void over.finally(() => ending.abort());
  while (!ending.signal.aborted) {
    const at = times.length % pods.length;
    await apply('probed', serviceWith('probe', { address, ready: pods.slice(at, at + 1) }));
    times.push(await timeUntil(() => answersAlone(scene, `pod-${at}`)));
    await delay(500);
  }
  return times;
}

/** Whether several requests in a row reach that Pod. */
async function answersAlone(scene: Scene, pod: string): Promise<boolean> {
  for (let count = 0; count < 4; count += 1) if ((await askProbe(scene)) !== pod) return false;
  return true;
}

/** Resident memory of all of nginx. */
async function memoryOfNginx(scene: Scene): Promise<number> {
  const ids = await processWithChildren(scene.master());
  const kibibytes = ids.map((id) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, one) => sum + one, 0) / 1024;
}
