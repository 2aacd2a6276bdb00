/**
 * Duty: that no bytes make the gate's program end, or answer anything but a review or the reason why there is none.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AdmissionAnswer } from '@gatehouse/admission';
import fc from 'fast-check';
import { BESIDES_MS, fuzzSeconds, seed } from './gate-fuzz/fuzz-limits.ts';
import { startGateProcess, type GateAnswer, type GateProcess } from './gate-fuzz/gate-process.ts';
import { checkAnswer } from './gate-fuzz/gate.ts';
import { mutated, mutation } from './gate-fuzz/mutated-bytes.ts';
import { randomIngress } from './gate-fuzz/random-ingress.ts';

const TIME_MS = fuzzSeconds * 300;
/** Of what a body can be: no JSON or no review, too large, of another kind. */
const REFUSALS = [400, 413, 415];

let gate: GateProcess;
beforeAll(async () => {
  gate = await startGateProcess();
});
afterAll(async () => {
  expect(await gate.close()).toBe(0);
});

const review = fc
  .record({
    object: randomIngress,
    oldObject: fc.option(randomIngress),
    operation: fc.constantFrom('CREATE', 'UPDATE'),
  })
  .map((objects) => {
    const kind = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
    const request = { uid: 'uid-1', kind, ...objects, dryRun: false, userInfo: { username: 'x' }, options: null };
    return Buffer.from(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }));
  });
const body = fc
  .tuple(review, fc.array(mutation, { maxLength: 6 }))
  .map(([bytes, mutations]) => mutations.reduce(mutated, bytes));

const statuses = new Map<number, number>();

/** What goes wrong inside would be a denial with status 500. */
function check({ status, text }: GateAnswer): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status !== 200) {
    expect(REFUSALS).toContain(status);
    expect(text).toMatch(/^[ -~]{5,200}\n$/);
    return;
  }
  const answer = JSON.parse(text) as AdmissionAnswer;
  checkAnswer(answer);
  expect(answer.response.status?.code).not.toBe(500);
}

describe('random bytes at the gate', () => {
  it(
    'are a review, or are refused with a reason; the program lives on',
    async () => {
      console.log(`bytes of seed ${seed}; GATEHOUSE_SEED=${seed} GATEHOUSE_FUZZ_SECONDS=${fuzzSeconds} repeats them`);
      const property = fc.asyncProperty(body, async (bytes) => {
        check(await gate.post(bytes));
        expect(gate.isAlive()).toBe(true);
      });
      const limits = { interruptAfterTimeLimit: TIME_MS, markInterruptAsFailure: false };
      await fc.assert(property, { numRuns: 10_000_000, seed, ...limits });
      console.log(Object.fromEntries(statuses));
      expect(statuses.get(200)).toBeGreaterThan(10);
      expect(statuses.get(400)).toBeGreaterThan(10);
    },
    fuzzSeconds * 1000 + BESIDES_MS,
  );
});
