/**
 * Duty: what a fault of the configuration or of the machine happens to: a pipeline with a real nginx, a backend, and a
 * route to it that traffic goes over.
 */
import type { Ingress } from '@gatehouse/kube-model';
import { anEndpointSlice, anIngress, aService } from '@gatehouse/testing';
import { ask } from '../harness/ask.ts';
import { startEchoBackend } from '../harness/echo-backend.ts';
import { openPoisonedGate, type PoisonedGate, type PoisonedGateOptions } from '../harness/poisoned-gate.ts';
import { startTraffic, type Traffic } from './traffic.ts';

export interface FaultyScene {
  readonly gate: PoisonedGate;
  /** Ends with the scene at the latest. */
  startTraffic(): Traffic;
  /** Status of `/` of a host `NAME.example.com`. */
  statusOf(name: string, path?: string): Promise<number>;
  close(): Promise<void>;
}

/** With x.example.com served. */
export async function openFaultyScene(options: PoisonedGateOptions = {}): Promise<FaultyScene> {
  const backend = await startEchoBackend({ name: 'web' });
  const gate = await openPoisonedGate(options);
  await gate.put(
    aService({ name: 'web' }),
    anEndpointSlice({ service: 'web', addresses: ['127.0.0.1'], ports: [{ name: 'http', port: backend.port }] }),
    ingressAt('x'),
  );
  const traffics: Traffic[] = [];
  return {
    gate,
    startTraffic() {
      const traffic = startTraffic(gate);
      traffics.push(traffic);
      return traffic;
    },
    statusOf: async (name, path = '/') => (await ask(gate, { ask: `GET http://${name}.example.com${path}` })).status,
    async close() {
      await Promise.all(traffics.map((traffic) => traffic.stop()));
      await gate.close();
      await backend.close();
    },
  };
}

/** Host `NAME.example.com` of the Service that is there. */
export function ingressAt(name: string, path = '/'): Ingress {
  return anIngress({ name, rules: [{ host: `${name}.example.com`, paths: [{ path, backend: 'web:80' }] }] });
}
