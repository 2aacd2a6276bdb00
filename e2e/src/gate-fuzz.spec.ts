/**
 * Duty: that nobody can write an Ingress that makes the gate fail, take long, contradict itself or let something through
 * that breaks, and that what it denies would have hurt nobody else.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultRoutingOptions, type RoutingOptions } from '@gatehouse/routing';
import fc from 'fast-check';
import { Drill } from './gate-fuzz/drill.ts';
import { BESIDES_MS, fuzzSeconds, seed } from './gate-fuzz/fuzz-limits.ts';
import { randomIngress } from './gate-fuzz/random-ingress.ts';
import { POLICY, surroundings } from './gate-fuzz/surroundings.ts';
import { makePlace, renderOptionsFor, type NginxPlace } from './harness/bare-nginx.ts';

const TIME_MS = fuzzSeconds * 700;
/** Of so many Ingresses one is deleted. */
const UNTIL_DELETED = 12;

let place: NginxPlace;
beforeAll(async () => {
  place = await makePlace();
  console.log(`Ingresses of seed ${seed}; GATEHOUSE_SEED=${seed} GATEHOUSE_FUZZ_SECONDS=${fuzzSeconds} repeats them`);
});
afterAll(() => place.remove());

const kinds: readonly (readonly [string, Partial<RoutingOptions>])[] = [
  ['as Kubernetes says', {}],
  ['as ingress-nginx did it', { compatibility: 'ingress-nginx' }],
  ['with owners of hosts', { policyConfigMap: POLICY }],
];

describe('random Ingresses at the gate', () => {
  it.each(kinds)(
    'are answered, soon and always alike; those admitted run, and those denied hurt nobody else: %s',
    async (_, differences) => {
      const options = {
        routing: { ...defaultRoutingOptions, ...differences },
        rendering: renderOptionsFor(place),
        place,
      };
      const drill = new Drill({ ...options, surroundings: await surroundings() });
      const action = fc.record({ ingress: randomIngress, deletes: fc.nat(UNTIL_DELETED).map((nat) => nat === 0) });
      const check = fc.property(action, ({ ingress, deletes }) =>
        deletes ? drill.delete(ingress) : drill.apply(ingress),
      );
      const limits = { interruptAfterTimeLimit: TIME_MS / kinds.length, markInterruptAsFailure: false };
      fc.assert(check, { numRuns: 10_000_000, seed, ...limits });
      drill.finish();
      const { tally, gate, nginxTests } = drill;
      console.log({ ...tally, nginxTests, slowestMs: gate.slowestMs });
      expect(Math.min(tally.admitted, tally.denied, tally.updates)).toBeGreaterThan(2);
    },
    fuzzSeconds * 1000 + BESIDES_MS,
  );
});
