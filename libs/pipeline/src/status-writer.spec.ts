import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Ingress, StatusAddress } from '@gatehouse/kube-model';
import { anIngress, FakeClock, RecordingLogger, settle } from '@gatehouse/testing';
import { createStatusWriter, type StatusWriter } from './status-writer.ts';

const ONE = [{ ip: '192.0.2.1' }];
const plan = (...names: readonly string[]) => names.map((name) => ({ ingress: anIngress({ name }), addresses: ONE }));
const many = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `i${index}`);

/** A sink whose writes end when the test says so, the oldest first. */
class HeldSink {
  readonly begun: string[] = [];
  readonly #open: ((error?: Error) => void)[] = [];

  write({ ref, uid }: Ingress, addresses: readonly StatusAddress[]): Promise<void> {
    this.begun.push([ref.name, uid, ...addresses.map(({ ip }) => ip)].filter((part) => part !== '').join(' '));
    return new Promise<void>((resolve, reject) => {
      this.#open.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  get underWay(): number {
    return this.#open.length;
  }

  end(error?: Error): Promise<void> {
    this.#open.shift()!(error);
    return settle();
  }

  async endAll(error?: Error): Promise<void> {
    while (this.#open.length > 0) await this.end(error);
  }
}

let sink: HeldSink;
let clock: FakeClock;
let logger: RecordingLogger;
let writer: StatusWriter;
beforeEach(() => {
  sink = new HeldSink();
  clock = new FakeClock();
  logger = new RecordingLogger();
  writer = createStatusWriter({ sink, clock, logger });
});

const isSettled = async (): Promise<boolean> => {
  let isSo = false;
  void writer.settled().then(() => (isSo = true));
  await settle();
  return isSo;
};

describe('the status writer', () => {
  it('writes ten at a time, in the order of the plan', async () => {
    writer.write(plan(...many(12)));
    expect(sink.begun).toHaveLength(10);
    await sink.end();
    expect(sink.begun.at(-1)).toBe('i10 192.0.2.1');
    await sink.endAll();
    expect(sink.begun).toEqual(many(12).map((name) => `${name} 192.0.2.1`));
  });

  it('has one write of an Ingress under way at a time, and then writes what the newest plan says', async () => {
    writer.write(plan('a'));
    writer.write([{ ingress: anIngress({ name: 'a' }), addresses: [{ ip: '192.0.2.2' }] }]);
    expect(sink.begun).toEqual(['a 192.0.2.1']);
    await sink.end();
    expect(sink.begun).toEqual(['a 192.0.2.1', 'a 192.0.2.2']);
  });

  it('drops what is left of an older plan', async () => {
    writer.write(plan(...many(12)));
    writer.write(plan('d'));
    await sink.endAll();
    expect(sink.begun.slice(10)).toEqual(['d 192.0.2.1']);
  });

  it('does not repeat itself for half a minute, since a snapshot may not have seen the write yet', async () => {
    writer.write(plan('a'));
    await sink.end();
    writer.write(plan('a'));
    writer.write(plan('a'));
    await clock.advance(29_999);
    expect(sink.begun).toHaveLength(1);
    await clock.advance(1);
    expect(sink.begun).toHaveLength(2);
  });

  it('does not repeat itself when the repetition was planned before the write had ended', async () => {
    writer.write(plan('a'));
    writer.write(plan('a'));
    await sink.end();
    expect(sink.begun).toHaveLength(1);
    await clock.advance(30_000);
    expect(sink.begun).toHaveLength(2);
  });

  it('writes other addresses, and those of a recreated Ingress, at once', async () => {
    writer.write(plan('a'));
    await sink.end();
    writer.write([{ ingress: anIngress({ name: 'a' }), addresses: [] }]);
    await sink.end();
    writer.write([{ ingress: anIngress({ name: 'a', uid: 'new' }), addresses: [] }]);
    expect(sink.begun).toEqual(['a 192.0.2.1', 'a', 'a new']);
  });

  it('writes again at once what it is told to forget', async () => {
    writer.write(plan('a'));
    await sink.end();
    writer.forget();
    writer.write(plan('a'));
    expect(sink.begun).toHaveLength(2);
  });

  it('tries again what failed, less and less often, and goes on with the others', async () => {
    writer.write(plan(...many(11)));
    await sink.end(new Error('500'));
    expect(sink.begun).toHaveLength(10);
    await sink.endAll();
    await clock.advance(1000);
    expect(sink.begun.slice(10)).toEqual(['i10 192.0.2.1']);
    await sink.end();
    for (const waitMs of [4000, 10_000, 20_000, 40_000]) {
      const before = sink.begun.length;
      await clock.advance(waitMs - 1);
      expect(sink.begun).toHaveLength(before);
      await clock.advance(1);
      expect(sink.begun.slice(before)).toEqual(['i0 192.0.2.1']);
      await sink.end(new Error('500'));
    }
  });

  it('begins less and less while the server is away, and says so once', async () => {
    writer.write(plan(...many(1000)));
    for (let second = 0; second < 600; second += 1) {
      await sink.endAll(new Error('ECONNREFUSED'));
      await clock.advance(1000);
    }
    expect(sink.begun.length).toBeLessThan(300);
    expect(logger.messages('warn')).toEqual(['The status of an Ingress could not be written; it will be tried again']);
    const before = sink.begun.length;
    for (let second = 0; second < 60; second += 1) {
      await sink.endAll();
      await clock.advance(1000);
    }
    expect(sink.begun.length).toBeGreaterThan(before + 500);
  });

  it('leaves what failed to a newer plan', async () => {
    writer.write(plan('a'));
    writer.write([]);
    await sink.end(new Error('500'));
    await clock.advance(600_000);
    expect(sink.begun).toHaveLength(1);
  });

  it('is settled when nothing waits but what is held back', async () => {
    expect(await isSettled()).toBe(true);
    writer.write(plan('a', 'b'));
    expect(await isSettled()).toBe(false);
    await sink.end();
    expect(await isSettled()).toBe(false);
    await sink.end(new Error('500'));
    expect(await isSettled()).toBe(true);
  });

  it('ends with the writes that are under way, and begins none after', async () => {
    writer.write(plan(...many(12)));
    let isStopped = false;
    const stopping = writer.stop().then(() => (isStopped = true));
    await settle();
    expect(isStopped).toBe(false);
    await sink.endAll(new Error('500'));
    await stopping;
    writer.write(plan('z'));
    await clock.advance(600_000);
    expect(sink.begun).toHaveLength(10);
  });
});
