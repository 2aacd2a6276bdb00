import { X509Certificate } from 'node:crypto';
import { KubeApiError } from '@gatehouse/kube-client';
import { FakeCertificateStore, FakeClock, RecordingLogger } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sharedIdentity } from './shared-identity.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

const MINUTE = 60_000;
const names = { dnsNames: ['gate.edge.svc'], ipAddresses: [] };
/** A life of an authority, with all that comes after it, in half an hour. */
const schedule = { servingLifeMs: 9 * MINUTE, authorityLifeMs: 27 * MINUTE, settleMs: MINUTE };
const RUN_MS = 30 * MINUTE;
const STEP_MS = 5000;
/** API servers go by a configuration that is so old at most. */
const STALE_MS = 40_000;

interface Told {
  readonly atMs: number;
  readonly bundlePem: string;
}

const certificatesIn = (pem: string): readonly X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );

/** Why an API server that goes by this bundle does not believe the replica; undefined when it does. */
function doubt(identity: WebhookIdentity, bundlePem: string, nowMs: number): string | undefined {
  const serving = new X509Certificate(identity.current().certPem);
  if (nowMs >= serving.validToDate.getTime()) return `ended ${serving.validTo}`;
  const issuer = certificatesIn(bundlePem).find((authority) => serving.verify(authority.publicKey));
  if (issuer === undefined) return `nobody vouches for ${serving.issuer}`;
  return nowMs < issuer.validToDate.getTime() ? undefined : `the authority ended ${issuer.validTo}`;
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Trial {
  readonly seed: number;
  readonly replicas: number;
  /** How often a request fails, and how often its answer is lost. */
  readonly failing: number;
  /** How long a request takes at most, in milliseconds. */
  readonly slowMs: number;
  /** How often in a step a replica is ended and another begun. */
  readonly restarting: number;
}

/** What is under way when they are told to end takes its time. */
async function end(identities: readonly WebhookIdentity[], clock: FakeClock): Promise<void> {
  const over = new AbortController();
  void Promise.all(identities.map((identity) => identity.stop())).then(() => over.abort());
  while (!over.signal.aborted) {
    await clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Everything that an API server would have doubted, in a life of an authority. */
async function run({ seed, replicas, failing, slowMs, restarting }: Trial) {
  const chance = numbersFrom(seed);
  const clock = new FakeClock();
  const store = new FakeCertificateStore();
  store.putConfiguration(['ingresses']);
  store.before = async () => {
    await new Promise<void>((resolve) => void clock.after(chance() * slowMs, resolve));
    if (chance() < failing) throw new KubeApiError('answered 500', { status: 500 });
  };
  store.isLost = () => chance() < failing;
  const begin = async (): Promise<WebhookIdentity> => {
    const identity = sharedIdentity({ store, names, clock, logger: new RecordingLogger(), jitter: chance, schedule });
    await identity.start();
    return identity;
  };
  const running = await Promise.all(Array.from({ length: replicas }, begin));
  const doubts: string[] = [];
  const authorities = new Set<string>();
  let told: Told[] = [];
  while (clock.monotonicMs() < RUN_MS) {
    await clock.advance(STEP_MS);
    // Keys are made in time of its own.
    await new Promise((resolve) => setTimeout(resolve, 1));
    const [bundlePem = ''] = store.bundles();
    for (const { subject } of certificatesIn(bundlePem)) authorities.add(subject);
    told = [...told, { atMs: clock.monotonicMs(), bundlePem }].filter(
      ({ atMs, bundlePem: pem }) => pem !== '' && clock.monotonicMs() - atMs <= STALE_MS,
    );
    for (const identity of running.filter((one) => one.whyUnready() === undefined)) {
      const why = told.map((one) => doubt(identity, one.bundlePem, clock.nowMs())).find((one) => one !== undefined);
      if (why !== undefined) doubts.push(`after ${clock.monotonicMs()} ms: ${why}`);
    }
    if (chance() < restarting) {
      await end(running.splice(0, 1), clock);
      running.push(await begin());
    }
  }
  const ready = running.filter((identity) => identity.whyUnready() === undefined).length;
  await end(running, clock);
  return { doubts, ready, authorities: authorities.size };
}

describe('any number of replicas, whatever fails and however long it takes', () => {
  it('serve at every moment what API servers believe', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          replicas: fc.integer({ min: 1, max: 4 }),
          failing: fc.double({ min: 0, max: 0.25, noNaN: true }),
          slowMs: fc.integer({ min: 0, max: 3000 }),
          restarting: fc.double({ min: 0, max: 0.05, noNaN: true }),
        }),
        async (trial) => {
          const { doubts, ready, authorities } = await run(trial);
          expect(doubts).toEqual([]);
          expect(ready).toBeGreaterThan(0);
          // One came after another, or there was nothing to prove.
          expect(authorities).toBeGreaterThanOrEqual(2);
        },
      ),
      { numRuns: 3, endOnFailure: true },
    );
  }, 120_000);
});
