import { describe, expect, it } from '@jest/globals';
import { settle } from '@gatehouse/testing';
import { Gate } from './gate.ts';

describe('Gate', () => {
  it('lets so many through at once, the others in their order, and those that fail make room, too', async () => {
    const gate = new Gate(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((number) =>
      gate.through(async () => {
        begun.push(number);
        await new Promise<void>((resolve) => void ends.push(resolve));
        if (number === 0) throw new Error('failed');
        return number;
      }),
    );
    const results = Promise.allSettled(all);
    await settle();
    expect(begun).toEqual([0, 1]);
    ends[0]?.();
    await settle();
    expect(begun).toEqual([0, 1, 2]);
    for (let i = 1; i < 4; i++) {
      ends[i]?.();
      await settle();
    }
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    await expect(gate.through(() => Promise.resolve(5))).resolves.toBe(5);
  });
});
