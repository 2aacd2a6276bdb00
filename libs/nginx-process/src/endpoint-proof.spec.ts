import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@gatehouse/pipeline';
import { FakeClock, RecordingLogger } from '@gatehouse/testing';
import type { Comparison } from './ask-peers.ts';
import { EndpointProof } from './endpoint-proof.ts';

const at = (address: string): readonly Endpoint[] => [{ address, port: 80, weight: 1 }];

describe('the proof of endpoints', () => {
  let clock: FakeClock;
  let logger: RecordingLogger;
  let told: Map<string, readonly Endpoint[]>;
  /** What nginx has; a name that is not there cannot be compared. */
  let has: Map<string, readonly Endpoint[]>;
  let looks: string[];
  let acts: string[];
  let comparedMs: number[];
  let lookMs: number;
  let onTellAgain: (name: string) => void;
  let onReload: () => Promise<void>;
  let proof: EndpointProof;

  beforeEach(() => {
    [clock, logger] = [new FakeClock(), new RecordingLogger()];
    [told, has, looks, acts, comparedMs, lookMs] = [new Map(), new Map(), [], [], [], 0];
    onTellAgain = () => undefined;
    onReload = () => Promise.resolve();
    proof = new EndpointProof({
      truth: {
        names: () => told.keys(),
        endpointsOf: (name) => told.get(name),
        tellAgain: (names) => {
          acts.push(`tell ${names.join(' ')}`);
          names.forEach(onTellAgain);
        },
      },
      compare: async (name, expected): Promise<Comparison> => {
        looks.push(name);
        if (lookMs > 0) await new Promise<void>((resolve) => void clock.after(lookMs, resolve));
        const peers = has.get(name);
        if (peers === undefined) return 'unknown';
        return peers[0]?.address === expected[0]?.address ? 'same' : 'different';
      },
      reload: async () => {
        acts.push('reload');
        await onReload();
      },
      clock,
      logger,
      listeners: {
        onDrift: (count, names) => acts.push(`drift ${count} ${names.join(' ')}`),
        onCompared: (atMs) => comparedMs.push(atMs),
        onRelearning: () => undefined,
      },
    });
  });
  afterEach(() => proof.stop());

  const change = (name: string, address: string): void => {
    told.set(name, at(address));
    proof.noteChanges([name]);
  };
  const agree = (...names: readonly string[]): void => {
    for (const name of names) for (const map of [told, has]) map.set(name, at('10.0.0.1'));
  };

  it('goes round all once a minute, and says when it has', async () => {
    agree('a', 'b', 'c');
    told.set('not comparable', at('10.0.0.1'));
    await clock.advance(59_000);
    expect(looks).toEqual(['a', 'b', 'c', 'not comparable']);
    expect(comparedMs).toHaveLength(1);
    await clock.advance(60_000);
    expect(looks).toHaveLength(8);
    expect(acts).toEqual([]);
  });

  it('says nothing while nothing can be compared, and tries again soon', async () => {
    told.set('a', at('10.0.0.1'));
    await clock.advance(10_000);
    expect([comparedMs.length, looks.length > 2]).toEqual([0, true]);
    agree('a');
    await clock.advance(3000);
    expect(comparedMs).toHaveLength(1);
  });

  it('rests a hundred times as long as a look takes', async () => {
    agree(...Array.from({ length: 1000 }, (_, index) => `name${index}`));
    lookMs = 20;
    await clock.advance(100_000);
    expect(looks.length).toBeLessThanOrEqual(50);
    expect(looks.length).toBeGreaterThan(40);
  });

  it('looks soon at what has changed, however many wait in the round', async () => {
    agree(...Array.from({ length: 1000 }, (_, index) => `name${index}`));
    await clock.advance(10_000);
    change('name999', '10.0.0.2');
    has.set('name999', at('10.0.0.2'));
    await clock.advance(3500);
    expect(looks).toContain('name999');
    expect(acts).toEqual([]);
  });

  it('calls nothing a drift that nginx comes to in time, and nothing that changes all the time', async () => {
    agree('a', 'b');
    await clock.advance(1000);
    change('a', '10.0.0.2');
    await clock.advance(7000);
    has.set('a', at('10.0.0.2'));
    for (let second = 0; second < 60; second += 2) {
      change('b', `10.0.1.${second}`);
      await clock.advance(2000);
    }
    expect(acts).toEqual([]);
  });

  it('tells nginx again what it does not have, and is content when that helps', async () => {
    agree('a');
    await clock.advance(1000);
    onTellAgain = (name) => has.set(name, told.get(name) ?? []);
    change('a', '10.0.0.2');
    await clock.advance(120_000);
    expect(acts).toEqual(['drift 1 a', 'tell a']);
    expect(logger.messages('info')).toEqual(['nginx uses the endpoints again that it is told']);
  });

  it('reloads once for all, gives up then, and counts a drift that lasts every ten minutes', async () => {
    agree('a', 'b');
    await clock.advance(1000);
    change('a', '10.0.0.2');
    change('b', '10.0.0.2');
    await clock.advance(60_000);
    expect(acts).toEqual(['drift 1 a', 'tell a', 'drift 1 b', 'tell b', 'reload']);
    expect(logger.messages('error')).toHaveLength(2);
    await clock.advance(600_000);
    expect(acts.filter((act) => act === 'drift 1 a')).toHaveLength(2);
  });

  const drift = async (): Promise<void> => {
    agree('a');
    await clock.advance(1000);
    change('a', '10.0.0.2');
  };
  const reloads = (): number => acts.filter((act) => act === 'reload').length;

  it('reloads less and less often for what no reload helps, and as before once one did', async () => {
    await drift();
    const hour = 3_600_000;
    await clock.advance(hour);
    expect(reloads()).toBe(2);
    await clock.advance(4 * hour);
    expect([reloads() > 2, reloads() < 6]).toEqual([true, true]);
    onReload = () => Promise.resolve(void has.set('a', told.get('a') ?? []));
    await clock.advance(5 * hour);
    expect(logger.messages('info')).toHaveLength(1);
    const before = reloads();
    onReload = () => Promise.resolve();
    change('a', '10.0.0.3');
    await clock.advance(hour);
    expect(reloads() - before).toBe(2);
  }, 30_000);

  it('lets a reload that has to wait take its time, before it judges what came of it', async () => {
    onReload = () => new Promise((resolve) => void clock.after(60_000, resolve));
    agree('b');
    await drift();
    await clock.advance(40_000);
    change('b', '10.0.0.2');
    await clock.advance(35_000);
    expect([reloads(), logger.messages('error')]).toEqual([1, []]);
    for (const name of ['a', 'b']) has.set(name, told.get(name) ?? []);
    await clock.advance(15_000);
    expect(logger.messages('info')).toHaveLength(2);
    expect([reloads(), logger.messages('error')]).toEqual([1, []]);
  });

  it('says nothing of a reload that failed since all was stopped', async () => {
    onReload = async () => {
      await new Promise<void>((resolve) => void clock.after(60_000, resolve));
      throw new Error('nginx is being stopped');
    };
    await drift();
    await clock.advance(30_000);
    expect(reloads()).toBe(1);
    proof.stop();
    await clock.advance(60_000);
    expect(logger.messages('error')).toEqual([]);
  });

  it('takes a bulk of changes in the round, and ends when it is stopped', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `name${index}`);
    agree(...names);
    proof.noteChanges(names);
    await clock.advance(2900);
    expect(looks.length).toBeGreaterThan(20);
    proof.stop();
    const before = looks.length;
    await clock.advance(60_000);
    expect(looks).toHaveLength(before);
  });
});
