/**
 * Duty: finding by halving which of the changed Ingresses nginx refuses, when it names no line of theirs.
 * Must not know what a test is.
 */
import type { ObjectKey } from '@gatehouse/core';
import type { Culprit } from './quarantine.ts';

/** Tests a configuration in which, of all candidates, only these are in their new form. Answers nginx' refusal. */
export type TestCandidates = (changed: readonly ObjectKey[]) => Promise<string | undefined>;

/** After this many tests the rest is not told apart any more, so that a round ends in bounded time. */
const MOST_TESTS = 64;

/**
 * The candidates without which the others are accepted: about log2(n) tests for one culprit among n. When two are
 * refused only together, the later one is the culprit. The caller knows that none of them is accepted (`refusal` is
 * for all together), and that without any of them nginx accepts.
 */
export async function findCulprits(
  candidates: readonly ObjectKey[],
  refusal: string,
  test: TestCandidates,
): Promise<readonly Culprit[]> {
  const good: ObjectKey[] = [];
  const culprits: Culprit[] = [];
  let tests = 0;

  /** `known` is the refusal of `part` together with `good`, if that has been found out already. */
  async function search(part: readonly ObjectKey[], known: string | undefined): Promise<void> {
    if (part.length === 0) return;
    if (known === undefined && tests >= MOST_TESTS) {
      culprits.push(...part.map((key) => ({ key, message: refusal })));
      return;
    }
    const message = known ?? (await countedTest(part));
    const [only] = part;
    if (message === undefined) good.push(...part);
    else if (part.length === 1 && only !== undefined) culprits.push({ key: only, message });
    else await searchHalves(part, message);
  }

  async function searchHalves(part: readonly ObjectKey[], message: string): Promise<void> {
    const middle = Math.ceil(part.length / 2);
    const foundBefore = culprits.length;
    await search(part.slice(0, middle), undefined);
    // When the first half is good, what is refused stands in the second.
    await search(part.slice(middle), culprits.length === foundBefore ? message : undefined);
  }

  async function countedTest(part: readonly ObjectKey[]): Promise<string | undefined> {
    tests += 1;
    return test([...good, ...part]);
  }

  await search(candidates, refusal);
  return culprits;
}
