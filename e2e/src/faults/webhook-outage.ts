/**
 * Duty: an admission webhook that goes away while traffic runs, as it is deployed: what is written meanwhile is let in.
 */
import { ask } from '../harness/ask.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { registerWebhook } from '../harness/registered-webhook.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import { timeUntil } from './scene.ts';

export async function outliveWebhook(scene: ClusterScene, outages: number): Promise<readonly FaultFigure[]> {
  const { apply, gate, server } = scene;
  const webhook = await registerWebhook(server);
  try {
    await webhook.register('base');
    const traffic = scene.startTraffic();
    let liveMs = 0;
    for (let count = 0; count < outages; count += 1) {
      const host = `outage-${count}.example.com`;
      const status = async (): Promise<number> => (await ask(gate, { ask: `GET http://${host}/` })).status;
      await webhook.stop();
      await apply('late', [oneRule({ name: 'late', host })]);
      liveMs = Math.max(liveMs, await timeUntil(async () => (await status()) === 200));
      await traffic.during(1);
      await webhook.start();
    }
    return [
      lostRequests(`${outages} outages of the webhook`, await traffic.stop()),
      { name: 'an Ingress that is made meanwhile is live after', unit: 'ms', measured: liveMs, bar: { atMost: 3000 } },
    ];
  } finally {
    await webhook.close();
  }
}
