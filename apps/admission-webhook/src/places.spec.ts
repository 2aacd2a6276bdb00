import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Places } from './places.ts';

const patient = new AbortController().signal;

describe('places', () => {
  it('are given in the order of asking', async () => {
    const places = new Places(1);
    const giveBack = await places.take(patient);
    const got: string[] = [];
    const first = places.take(patient).then((give) => {
      got.push('first');
      give();
    });
    const second = places.take(patient).then(() => got.push('second'));
    expect(got).toEqual([]);
    giveBack();
    await Promise.all([first, second]);
    expect(got).toEqual(['first', 'second']);
  });

  it('pass over who does not wait any more', async () => {
    const places = new Places(1);
    const giveBack = await places.take(patient);
    const impatient = new AbortController();
    const given = places.take(impatient.signal);
    const next = places.take(patient);
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    await expect(places.take(impatient.signal)).rejects.toThrow('enough');
    giveBack();
    expect(typeof (await next)).toBe('function');
  });

  it('are never more than there are, and none is lost, whoever comes and goes', async () => {
    const visitor = fc.record({ givesUp: fc.boolean(), stays: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(visitor, { maxLength: 20 }),
        async (count, visitors) => {
          const places = new Places(count);
          let inside = 0;
          const visits = visitors.map(async ({ givesUp, stays }) => {
            const will = new AbortController();
            const taken = places.take(will.signal);
            if (givesUp) will.abort(new Error('gone'));
            const giveBack = await taken.catch(() => undefined);
            if (giveBack === undefined) return;
            inside += 1;
            expect(inside).toBeLessThanOrEqual(count);
            for (let turn = 0; turn < stays; turn += 1) await Promise.resolve();
            inside -= 1;
            giveBack();
          });
          await Promise.all(visits);
          await Promise.all(Array.from({ length: count }, () => places.take(AbortSignal.timeout(1000))));
        },
      ),
      { numRuns: 50 },
    );
  });
});
