import { FakeClock } from '@gatehouse/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Turns } from './turns.ts';

const patient = new AbortController().signal;

describe('turns', () => {
  it('give back what was done, or what went wrong', async () => {
    const turns = new Turns(new FakeClock());
    expect(await turns.wait({ bytes: 1, signal: patient, act: () => 'done' })).toBe('done');
    const failing = turns.wait({
      bytes: 1,
      signal: patient,
      act: () => {
        throw new Error('wrong');
      },
    });
    await expect(failing).rejects.toThrow('wrong');
    expect(await turns.wait({ bytes: 1, signal: patient, act: () => 'on' })).toBe('on');
  });

  it.each([
    ['give way to a small one that comes soon after', 900, ['small', 'large']],
    ['do not give way to one that comes more than a second later', 1100, ['large', 'small']],
  ])('of 4 MiB %s', async (_, laterMs, expected) => {
    let nowMs = 0;
    const turns = new Turns({ monotonicMs: () => nowMs });
    const order: string[] = [];
    const large = turns.wait({ bytes: 4 * 1024 * 1024, signal: patient, act: () => order.push('large') });
    nowMs = laterMs;
    const small = turns.wait({ bytes: 1000, signal: patient, act: () => order.push('small') });
    await Promise.all([large, small]);
    expect(order).toEqual(expected);
  });

  it('are all taken, in the order of arrival plus size', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 4_000_000 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, async (all) => {
        const turns = new Turns(new FakeClock());
        const order: number[] = [];
        await Promise.all(all.map((bytes) => turns.wait({ bytes, signal: patient, act: () => order.push(bytes) })));
        expect(order).toEqual(all.toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('leave room between any two for everything else', async () => {
    const turns = new Turns(new FakeClock());
    const order: string[] = [];
    const all = ['a', 'b', 'c'].map((name) =>
      turns.wait({
        bytes: 1,
        signal: patient,
        act: () => {
          order.push(name);
          setTimeout(() => order.push(`after ${name}`), 0);
          const untilMs = performance.now() + 5;
          while (performance.now() < untilMs);
        },
      }),
    );
    await Promise.all(all);
    expect(order.slice(0, 5)).toEqual(['a', 'after a', 'b', 'after b', 'c']);
  });

  it('do not come any more when the time is over', async () => {
    const turns = new Turns(new FakeClock());
    const will = new AbortController();
    const acted: string[] = [];
    const late = turns.wait({ bytes: 1, signal: will.signal, act: () => acted.push('late') });
    will.abort(new Error('over'));
    await expect(late).rejects.toThrow('over');
    await expect(turns.wait({ bytes: 1, signal: will.signal, act: () => acted.push('later') })).rejects.toThrow('over');
    await turns.wait({ bytes: 9, signal: patient, act: () => acted.push('other') });
    expect(acted).toEqual(['other']);
  });
});
