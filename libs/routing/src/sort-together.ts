/**
 * Duty: sorting what was sorted before, and has changed only a little, in nearly linear time. Must not know what it sorts.
 */

/**
 * Sorts `kept`, which is sorted already, together with `added`. `compare` has to tell any two members apart, or the
 * result would depend on how they are shared out among the two.
 */
export function sortTogether<T>(
  kept: readonly T[],
  added: readonly T[],
  compare: (a: T, b: T) => number,
): readonly T[] {
  // The sort finds two ascending runs and merges them.
  return added.length === 0 ? kept : [...kept, ...added.toSorted(compare)].sort(compare);
}
