import { describe, it } from '@jest/globals';
import { hold, lostRequests } from './fault-figure.ts';
import { ingressAt, openFaultyScene } from './faulty-scene.ts';
import { timeUntil } from './scene.ts';

/** A path that our renderer is made to write wrongly. */
const POISON = '/poison';
const REFUSALS = 20;

describe('a configuration that nginx refuses', () => {
  it('loses no request, keeps nobody else waiting, and its cause is named', async () => {
    const scene = await openFaultyScene({ poison: (text) => text.replaceAll(`"${POISON}`, `^wrong^ "${POISON}`) });
    const { gate, statusOf } = scene;
    try {
      const traffic = scene.startTraffic();
      let [liveMs, namedMs] = [0, 0];
      for (let count = 0; count < REFUSALS; count += 1) {
        const isNamed = (): boolean =>
          gate.events.some(({ reason, object }) => reason === 'ConfigRejected' && object.name === `bad-${count}`);
        gate.tell(ingressAt(`bad-${count}`, POISON), ingressAt(`good-${count}`));
        const [live, named] = await Promise.all([
          timeUntil(async () => (await statusOf(`good-${count}`)) === 200),
          timeUntil(isNamed),
        ]);
        [liveMs, namedMs] = [Math.max(liveMs, live), Math.max(namedMs, named)];
      }
      hold('config-refused', [
        lostRequests(`${REFUSALS} refused configurations`, await traffic.stop()),
        { name: 'another change is live after', unit: 'ms', measured: liveMs, bar: { atMost: 5000 } },
        { name: 'an Event names the Ingress after', unit: 'ms', measured: namedMs, bar: { atMost: 10_000 } },
      ]);
    } finally {
      await scene.close();
    }
  });
});
