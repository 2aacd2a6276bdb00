import { X509Certificate } from 'node:crypto';
import { FakeClock, RecordingLogger, until } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import { memoryIdentity } from './memory-identity.ts';

const DAY = 86_400_000;

/** Lets days go by, each with time for keys to be made. */
async function days(clock: FakeClock, count: number): Promise<void> {
  for (let day = 0; day < count; day += 1) await clock.advance(DAY);
}

describe('an identity in memory', () => {
  it('is made anew at two thirds of its life, under the same authority', async () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    const identity = memoryIdentity({ clock, logger });
    let told = 0;
    identity.onChange(() => (told += 1));
    await identity.start();
    const [first, trusted] = [identity.current(), identity.trusted()];
    expect(told).toBe(1);
    await days(clock, 243);
    expect(identity.current()).toBe(first);
    await days(clock, 1);
    await until(() => identity.current() !== first);
    expect([told, identity.facts().changes]).toEqual([2, 1]);
    expect(identity.trusted()).toBe(trusted);
    const certificate = new X509Certificate(identity.current().certPem);
    expect(certificate.verify(new X509Certificate(trusted).publicKey)).toBe(true);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(identity.facts().endsMs.get('serving')).toBe(certificate.validToDate.getTime());
    expect(JSON.stringify(logger.entries)).not.toContain('PRIVATE KEY');
    await identity.stop();
  });

  it('does nothing more when it was stopped', async () => {
    const clock = new FakeClock();
    const identity = memoryIdentity({ clock, logger: new RecordingLogger() });
    await identity.start();
    const first = identity.current();
    await identity.stop();
    await days(clock, 300);
    expect(identity.current()).toBe(first);
  });
});
