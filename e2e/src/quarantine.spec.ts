import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnyObject, Ingress } from '@gatehouse/kube-model';
import { anEndpointSlice, anIngress, aService } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import { openPoisonedGate, type PoisonedGate } from './harness/poisoned-gate.ts';

/** A path that our renderer is made to write wrongly. */
const POISON = '/poison';

describe('an Ingress that nginx refuses in spite of all checks', () => {
  let backend: EchoBackend;
  let gate: PoisonedGate;

  beforeEach(async () => {
    backend = await startEchoBackend({ name: 'web' });
    gate = await openPoisonedGate({ poison: (text) => text.replaceAll(`"${POISON}`, `^wrong^ "${POISON}`) });
  });

  afterEach(async () => {
    await gate.close();
    await backend.close();
  });

  const web = (): readonly AnyObject[] => [
    aService({ name: 'web' }),
    anEndpointSlice({ service: 'web', addresses: ['127.0.0.1'], ports: [{ name: 'http', port: backend.port }] }),
  ];
  const ingressAt = (name: string, path: string): Ingress =>
    anIngress({ name, rules: [{ host: `${name}.example.com`, paths: [{ path, backend: 'web:80' }] }] });
  const statusOf = async (name: string, path: string): Promise<number> =>
    (await ask(gate, { ask: `GET http://${name}.example.com${path}` })).status;

  it('is kept out alone: its last accepted form and all others go on, and its next change is tried again', async () => {
    await gate.put(...web(), ingressAt('good', '/'), ingressAt('bad', '/fine'));
    expect(await statusOf('bad', '/fine')).toBe(200);

    const refused = await gate.put(ingressAt('bad', POISON), ingressAt('good', '/new'));
    expect(refused.outcome).toBe('applied');
    expect(refused.problems).toEqual([
      expect.objectContaining({ code: 'ConfigRejected', object: expect.objectContaining({ name: 'bad' }) }),
    ]);
    expect(await statusOf('good', '/new')).toBe(200);
    expect(await statusOf('bad', '/fine')).toBe(200);
    expect(gate.events.filter(({ reason }) => reason === 'ConfigRejected')).toHaveLength(1);

    const healed = await gate.put(ingressAt('bad', '/healed'));
    expect(healed.problems).toEqual([]);
    expect(await statusOf('bad', '/healed')).toBe(200);
    expect(await statusOf('bad', '/fine')).toBe(404);
  });

  it('does not keep the first configuration from running', async () => {
    const round = await gate.put(...web(), ingressAt('good', '/'), ingressAt('bad', POISON));
    expect(round.problems.map(({ code }) => code)).toEqual(['ConfigRejected']);
    expect(await statusOf('good', '/')).toBe(200);
    expect(await statusOf('bad', POISON)).toBe(404);
  });
});
