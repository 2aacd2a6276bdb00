/**
 * Duty: Pods that take the place of others, as a Deployment does it: the new one is ready, the old one is told to end, and
 * serves on for a moment.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { startEchoBackend } from '../harness/echo-backend.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import { serviceWith } from './pods.ts';
import type { Scene } from './scene.ts';

/** How long a Pod that ends takes requests, by a `preStop` or by itself. */
const SERVES_ON_MS = 2500;
/** A Deployment sees that a new Pod is ready, and ends an old one. */
const NOTICED_AFTER_MS = 200;
const POD = 'pod-';

export async function rollOut(scene: Scene, rollouts: number): Promise<readonly FaultFigure[]> {
  const { address, apply, gate } = scene;
  const start = (count: number) => startEchoBackend({ name: `${POD}${count}`, address });
  let pod = await start(0);
  try {
    await gate.change(() => void apply('web', serviceWith('web', { address, ready: [pod] })));
    const traffic = scene.startTraffic();
    await traffic.during(1);
    for (let count = 1; count <= rollouts; count += 1) {
      const next = await start(count);
      await apply('web', serviceWith('web', { address, ready: [pod, next] }));
      await delay(NOTICED_AFTER_MS);
      await apply('web', serviceWith('web', { address, ready: [next], terminating: [pod] }));
      await delay(SERVES_ON_MS);
      await pod.close();
      pod = next;
    }
    const result = await traffic.stop();
    // The one that was there before them may have answered, too.
    const used = result.backends.filter((name) => name.startsWith(POD));
    return [
      lostRequests(`${rollouts} rollouts`, result),
      { name: 'Pods that no request came to', unit: 'count', measured: rollouts + 1 - used.length, bar: { atMost: 0 } },
    ];
  } finally {
    await pod.close();
  }
}
