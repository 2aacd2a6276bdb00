import { describe, expect, it } from '@jest/globals';
import type { ObjectSource } from '@gatehouse/pipeline';
import { FakeClock, snapshotOf } from '@gatehouse/testing';
import { lookingAgain } from './looking-again.ts';

describe('a source that is looked at again', () => {
  it('tells of a change after each period, beside its own, from its start to its end', async () => {
    const clock = new FakeClock();
    let ownChange = (): void => undefined;
    let stopped = 0;
    const snapshot = snapshotOf([]);
    const source: ObjectSource = {
      start: async (onChange) => void (ownChange = onChange),
      snapshot: () => snapshot,
      stop: async () => void (stopped += 1),
    };
    const again = lookingAgain(source, 60_000, clock);
    let changes = 0;
    await clock.advance(120_000);
    await again.start(() => (changes += 1));
    expect(again.snapshot()).toBe(snapshot);
    await clock.advance(59_000);
    expect(changes).toBe(0);
    await clock.advance(61_000);
    expect(changes).toBe(2);
    ownChange();
    expect(changes).toBe(3);
    await again.stop();
    await clock.advance(600_000);
    expect([changes, stopped]).toEqual([3, 1]);
  });

  it('is left alone when it was stopped before its start had come to an end', async () => {
    const clock = new FakeClock();
    const { promise: known, resolve: know } = Promise.withResolvers<undefined>();
    const source: ObjectSource = {
      start: () => known,
      snapshot: () => snapshotOf([]),
      stop: async () => know(undefined),
    };
    const again = lookingAgain(source, 60_000, clock);
    let changes = 0;
    const started = again.start(() => (changes += 1));
    await again.stop();
    await started;
    await clock.advance(600_000);
    expect(changes).toBe(0);
  });
});
