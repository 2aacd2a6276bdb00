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
 * The candidates without which the others are accepted, with about log2(n) tests for each. When some are refused only
 * together, the last of them is the culprit. The caller knows that all together are refused (`refusal`), and that
 * without any of them nginx accepts.
 */
export async function findCulprits(
  candidates: readonly ObjectKey[],
  refusal: string,
  test: TestCandidates,
): Promise<readonly Culprit[]> {
  const good: ObjectKey[] = [];
  const culprits: Culprit[] = [];
  let tests = 0;
  const refusalOf = async (part: readonly ObjectKey[]) => {
    tests += 1;
    return test([...good, ...part]);
  };

  let rest = candidates;
  let message: string | undefined = refusal;
  while (message !== undefined) {
    // So many from the front are accepted, and so many are refused: the culprit is the last of the fewest refused.
    let accepted = 0;
    let refused = rest.length;
    while (refused - accepted > 1 && tests < MOST_TESTS) {
      const middle = Math.floor((accepted + refused) / 2);
      const found = await refusalOf(rest.slice(0, middle));
      if (found === undefined) accepted = middle;
      else [refused, message] = [middle, found];
    }
    if (tests >= MOST_TESTS) return [...culprits, ...rest.slice(accepted).map((key) => ({ key, message: refusal }))];
    culprits.push(...rest.slice(accepted, refused).map((key) => ({ key, message: message ?? refusal })));
    good.push(...rest.slice(0, accepted));
    rest = rest.slice(refused);
    message = rest.length === 0 ? undefined : await refusalOf(rest);
  }
  return culprits;
}
