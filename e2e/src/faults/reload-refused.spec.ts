import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { hold, lostRequests } from './fault-figure.ts';
import { ingressAt, openFaultyScene } from './faulty-scene.ts';
import { timeUntil } from './scene.ts';

describe('a configuration that passed its test, and that the running nginx refuses', () => {
  it('loses no request, is noticed, and runs when the machine lets it', async () => {
    // `nginx -t` does not mind a port that is taken, and `nginx -s reload` ends with 0.
    const holder = createServer();
    await once(holder.listen(0, '127.0.0.1'), 'listening');
    const { port } = holder.address() as AddressInfo;
    const server = `server { listen 127.0.0.1:${port}; }`;
    const scene = await openFaultyScene({
      poison: (text) => (text.includes('"/poison') ? text.replace(/\}\s*$/, `${server}\n}\n`) : text),
    });
    const { gate, statusOf } = scene;
    try {
      const traffic = scene.startTraffic();
      gate.tell(ingressAt('bad', '/poison'));
      const noticedMs = await timeUntil(() => gate.faults.length > 0);
      expect(String(gate.faults[0])).toContain('Address already in use');
      expect(await statusOf('x')).toBe(200);
      holder.close();
      await once(holder, 'close');
      const recoveredMs = await timeUntil(async () => (await statusOf('bad', '/poison')) === 200);
      hold('reload-refused', [
        lostRequests('a refused reload', await traffic.stop()),
        { name: 'noticed after', unit: 'ms', measured: noticedMs, bar: { atMost: 5000 } },
        { name: 'it runs, after the port is free, within', unit: 'ms', measured: recoveredMs, bar: { atMost: 10_000 } },
      ]);
    } finally {
      holder.close();
      await scene.close();
    }
  });
});
