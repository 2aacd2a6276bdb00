import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { objectKey, type ObjectKey } from '@gatehouse/core';
import { findCulprits } from './find-culprits.ts';

const keys = (count: number) => Array.from({ length: count }, (_, index) => objectKey('default', `i${index}`));

/** nginx refuses whatever has one of the guilty in it. */
async function search(candidates: readonly ObjectKey[], guilty: ReadonlySet<ObjectKey>) {
  let tests = 0;
  const culprits = await findCulprits(candidates, 'all together', async (changed) => {
    tests += 1;
    const found = changed.find((key) => guilty.has(key));
    return found && `because of ${found}`;
  });
  return { tests, found: culprits.map((culprit) => culprit.key) };
}

describe('finding culprits', () => {
  it('finds exactly the guilty ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
        async (n, picks) => {
          const candidates = keys(n);
          const guilty = new Set(picks.map((pick) => candidates[pick % n]!));
          const { found } = await search(candidates, guilty);
          expect(found).toEqual(candidates.filter((key) => guilty.has(key)));
        },
      ),
    );
  });

  it('finds one among a thousand in at most 11 tests', async () => {
    const candidates = keys(1000);
    for (const index of [0, 1, 499, 500, 998, 999]) {
      const { tests, found } = await search(candidates, new Set([candidates[index]!]));
      expect(found).toEqual([candidates[index]]);
      expect(tests).toBeLessThanOrEqual(11);
    }
  });

  it('asks nothing when there is one candidate only', async () => {
    const [only] = keys(1);
    expect(await search([only!], new Set([only!]))).toEqual({ tests: 0, found: [only] });
  });

  it('takes the later of two that are refused only together', async () => {
    const [a, b, c] = keys(3) as [ObjectKey, ObjectKey, ObjectKey];
    const culprits = await findCulprits([a, b, c], 'x', async (changed) =>
      changed.includes(a) && changed.includes(c) ? 'both' : undefined,
    );
    expect(culprits.map((culprit) => culprit.key)).toEqual([c]);
    expect(b).toBeDefined();
  });

  it('says of each culprit what nginx said when it was found', async () => {
    const [a, b] = keys(2) as [ObjectKey, ObjectKey];
    const culprits = await findCulprits([a, b], 'x', async (changed) => (changed.includes(a) ? 'a is bad' : undefined));
    expect(culprits).toEqual([{ key: a, message: 'a is bad' }]);
  });

  it('gives up telling apart after a bounded number of tests, and lets nobody pass untested', async () => {
    const candidates = keys(500);
    const { tests, found } = await search(candidates, new Set(candidates));
    expect(tests).toBeLessThanOrEqual(64);
    expect(found).toEqual(candidates);
  });
});
