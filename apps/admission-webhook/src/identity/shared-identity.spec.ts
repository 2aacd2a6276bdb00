import { webcrypto, X509Certificate } from 'node:crypto';
import { KubeApiError } from '@gatehouse/kube-client';
import { FakeCertificateStore, FakeClock, RecordingLogger } from '@gatehouse/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sharedIdentity } from './shared-identity.ts';
import type { WebhookIdentity } from './webhook-identity.ts';

const names = { dnsNames: ['gate.edge.svc'], ipAddresses: [] };
const MINUTE = 60_000;
/** As usual, but for lives of minutes in place of days. */
const schedule = { servingLifeMs: 90 * MINUTE, authorityLifeMs: 360 * MINUTE };

jest.setTimeout(60_000);

let store: FakeCertificateStore;
let clock: FakeClock;
let logger: RecordingLogger;
let open: WebhookIdentity[] = [];

beforeEach(() => {
  store = new FakeCertificateStore();
  store.putConfiguration(['ingresses', 'services']);
  clock = new FakeClock();
  logger = new RecordingLogger();
});
afterEach(async () => {
  await Promise.all(open.map((identity) => identity.stop()));
  open = [];
  expect(JSON.stringify(logger.entries)).not.toMatch(/PRIVATE KEY|MIG[A-Za-z0-9]/);
});

/** Lets time pass, and keys be made: on a busy machine they take as long as those that are made here for nothing. */
async function pass(ms: number, steps = 10): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    await clock.advance(ms / steps);
    for (let keys = 0; keys < 4; keys += 1)
      await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function start(jitter = 0.5): Promise<WebhookIdentity> {
  const identity = sharedIdentity({ store, names, clock, logger, jitter: () => jitter, schedule });
  open.push(identity);
  await identity.start();
  return identity;
}

const servingOf = (identity: WebhookIdentity): X509Certificate => new X509Certificate(identity.current().certPem);
const isTrustedBy = (identity: WebhookIdentity, bundlePem: string): boolean =>
  (bundlePem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).some((pem) =>
    servingOf(identity).verify(new X509Certificate(pem).publicKey),
  );
const refuse = (status: number) => (): never => {
  throw new KubeApiError(`answered ${status}`, { status });
};

describe('an identity that is shared', () => {
  it('is made, kept in the Secret, and told to API servers in every webhook', async () => {
    const identity = await start();
    expect(identity.whyUnready()).toBe('the certificate has not been read from its Secret yet');
    await pass(1000);
    expect(identity.whyUnready()).toBeUndefined();
    expect(Object.keys(store.secretTexts()).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    expect(store.bundles()).toEqual([identity.trusted(), identity.trusted()]);
    expect(servingOf(identity).checkHost('gate.edge.svc')).toBe('gate.edge.svc');
    expect(isTrustedBy(identity, identity.trusted())).toBe(true);
    expect(logger.messages('warn')).toEqual([]);
    expect([...identity.facts().endsMs.keys()].sort()).toEqual(['authority', 'serving']);
  });

  it('is one for ten replicas that start at once', async () => {
    const replicas = await Promise.all(Array.from({ length: 10 }, (_, index) => start(index / 10)));
    await pass(5000, 50);
    expect(new Set(replicas.map((identity) => identity.current().certPem)).size).toBe(1);
    expect(replicas.map((identity) => identity.whyUnready())).toEqual(replicas.map(() => undefined));
    expect(store.bundles()).toEqual([replicas[0]?.trusted(), replicas[0]?.trusted()]);
    expect(logger.messages('info').filter((message) => message.startsWith('New certificates'))).toHaveLength(1);
  });

  it('is taken over from the Secret by a replica that comes later, which writes nothing', async () => {
    const first = await start();
    await pass(1000);
    const { writeSecret, writeBundle } = store.done;
    const second = await start();
    await pass(1000);
    expect(second.current()).toEqual(first.current());
    expect(store.done).toMatchObject({ writeSecret, writeBundle });
  });

  it('is signed anew at two thirds of its life, by the same authority', async () => {
    const identity = await start();
    await pass(1000);
    const before = identity.current();
    const trusted = identity.trusted();
    await pass(59 * MINUTE, 100);
    expect(identity.current()).toEqual(before);
    await pass(2 * MINUTE);
    expect(identity.current()).not.toEqual(before);
    expect([identity.trusted(), identity.facts().changes]).toEqual([trusted, 1]);
    expect(logger.messages('warn')).toEqual([]);
  });

  it('gets its caBundle put back when somebody takes it away, and soon', async () => {
    const identity = await start();
    await pass(1000);
    store.putConfiguration(['ingresses', 'services', 'more']);
    await pass(1000);
    expect(store.bundles()).toEqual([identity.trusted(), identity.trusted(), identity.trusted()]);
  });

  it('leaves it to whoever takes it away again and again, for a while, and says so', async () => {
    const identity = await start();
    await pass(1000);
    for (let time = 0; time < 10; time += 1) {
      store.putConfiguration(['ingresses']);
      await pass(500);
    }
    expect(store.done.writeBundle).toBe(4);
    expect(logger.messages('warn')).toEqual([
      'Somebody else writes the caBundle again and again; it is left to them for a minute each time',
    ]);
    await pass(2 * MINUTE);
    expect(store.bundles()).toEqual([identity.trusted()]);
  });

  it('waits for a configuration that does not exist yet, and says so once', async () => {
    store.putConfiguration(undefined);
    const identity = await start();
    await pass(3 * MINUTE);
    expect(identity.whyUnready()).toBeUndefined();
    const said = logger.messages('info').filter((message) => message.includes('does not exist yet'));
    expect(said).toHaveLength(1);
    store.putConfiguration(['ingresses']);
    await pass(1000);
    expect(store.bundles()).toEqual([identity.trusted()]);
  });
});

describe('a new authority', () => {
  it('signs when API servers had time to hear of it, and the old one is forgotten later', async () => {
    const identity = await start();
    await pass(1000);
    const old = identity.trusted();
    await pass(239 * MINUTE, 300);
    expect(identity.trusted()).toBe(old);
    await pass(MINUTE);
    await pass(30_000);
    const both = identity.trusted();
    expect(both).toContain(old);
    expect(both.length).toBeGreaterThan(old.length * 1.5);
    expect(store.bundles()[0]).toBe(both);
    expect(isTrustedBy(identity, old)).toBe(true);
    await pass(MINUTE, 60);
    expect(isTrustedBy(identity, old)).toBe(false);
    expect(isTrustedBy(identity, both)).toBe(true);
    await pass(85 * MINUTE, 100);
    expect(identity.trusted()).toContain(old);
    await pass(5 * MINUTE, 20);
    expect(identity.trusted()).not.toContain(old);
    expect(store.bundles()[0]).toBe(identity.trusted());
    expect(isTrustedBy(identity, identity.trusted())).toBe(true);
    expect(logger.messages('warn')).toEqual([]);
  });

  it('does not sign while the configuration cannot be written', async () => {
    const identity = await start();
    await pass(1000);
    const old = identity.trusted();
    store.before = (step) => (step === 'writeBundle' ? refuse(403)() : undefined);
    await pass(250 * MINUTE, 300);
    expect(isTrustedBy(identity, old)).toBe(true);
    expect(store.bundles()[0]).toBe(old);
    store.before = () => undefined;
    await pass(3 * MINUTE, 50);
    expect(isTrustedBy(identity, old)).toBe(false);
    expect(isTrustedBy(identity, store.bundles()[0] ?? '')).toBe(true);
  });
});

describe('when something is wrong, an identity that is shared', () => {
  it.each([
    [0, 'warn', 'the Secret of the certificate cannot be read (0)'],
    [403, 'error', 'the Secret of the certificate cannot be read (403)'],
    [500, 'error', 'the Secret of the certificate cannot be read (500)'],
  ] as const)(
    'says once that the Secret is not to be had (%s), is not ready, and goes on trying',
    async (status, level, why) => {
      store.before = refuse(status);
      const identity = await start();
      await pass(5 * MINUTE, 50);
      expect(identity.whyUnready()).toBe(why);
      expect(logger.messages(level)).toEqual([
        'The configuration of the webhook cannot be read, its caBundle is not kept',
        'The Secret of the certificate cannot be read',
      ]);
      expect(identity.facts().failures.get('readSecret')).toBeGreaterThan(5);
      store.before = () => undefined;
      await pass(MINUTE, 30);
      expect(identity.whyUnready()).toBeUndefined();
    },
  );

  it('says that there is no Secret, and begins when there is one', async () => {
    store.putSecret(undefined);
    const identity = await start();
    await pass(MINUTE);
    expect(logger.messages('error')).toEqual([
      'The Secret of the certificate is not there, and only whoever deploys makes it',
    ]);
    expect(identity.whyUnready()).toContain('is not there');
    store.putSecret({});
    await pass(1000);
    expect(identity.whyUnready()).toBeUndefined();
  });

  it('serves on without its Secret, and writes it back when it may', async () => {
    const identity = await start();
    await pass(1000);
    const before = identity.current();
    store.putSecret(undefined);
    await pass(MINUTE);
    expect(identity.current()).toEqual(before);
    expect(identity.whyUnready()).toBeUndefined();
    store.putSecret({ other: 'kept' });
    await pass(MINUTE);
    expect(store.secretTexts()).toMatchObject({ 'tls.crt': before.certPem, other: 'kept' });
    expect(identity.current()).toEqual(before);
    expect(logger.messages('warn')).toEqual(['The certificates were written back']);
  });

  it('does not take what somebody spoils', async () => {
    const identity = await start();
    await pass(20_000);
    const before = identity.current();
    store.putSecret({ ...store.secretTexts(), 'tls.key': 'nothing' });
    await pass(1000);
    expect(identity.current()).toEqual(before);
    expect(store.secretTexts()['tls.key']).toBe(before.keyPem);
  });

  it('serves what it read when it may not write', async () => {
    const first = await start();
    await pass(1000);
    store.before = (step) => (step === 'writeSecret' ? refuse(403)() : undefined);
    const second = await start();
    await pass(61 * MINUTE, 100);
    expect(second.current()).toEqual(first.current());
    await pass(30 * MINUTE, 60);
    expect(logger.messages('error').filter((message) => message.includes('cannot be written'))).toHaveLength(2);
    expect(logger.messages('error')).toContain('The certificate of the webhook has ended, and there is no newer one');
    expect(logger.messages('warn')).toContain('The certificate of the webhook ends soon, and there is no newer one');
    store.before = () => undefined;
    await pass(MINUTE, 30);
    expect(servingOf(second).validToDate.getTime()).toBeGreaterThan(clock.nowMs());
  });

  it('is not ready while its certificate has ended, and is again with the next', async () => {
    const identity = await start();
    await pass(MINUTE);
    store.before = refuse(500);
    await pass(100 * MINUTE, 20);
    expect(servingOf(identity).validToDate.getTime()).toBeLessThan(clock.nowMs());
    expect(identity.whyUnready()).toBe('the certificate has ended, and no newer one could be made yet');
    store.before = () => undefined;
    await pass(20 * MINUTE);
    expect(identity.whyUnready()).toBeUndefined();
  });
});
