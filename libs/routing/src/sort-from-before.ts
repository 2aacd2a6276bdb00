/**
 * Duty: sorting what was sorted before, and has changed only a little, in nearly linear time. Must not know what it sorts.
 */

/**
 * Sorts `items`, whose members also in `before` (sorted by the same order) come in its order first, so that the sort finds them
 * as one ascending run. `compare` has to tell any two members apart, or the result would depend on `before`.
 */
export function sortFromBefore<T>(
  items: ReadonlySet<T>,
  before: readonly T[],
  compare: (a: T, b: T) => number,
): readonly T[] {
  const known = before.filter((item) => items.has(item));
  if (known.length === items.size) return known.length === before.length ? before : known;
  const kept = new Set(known);
  const added = [...items].filter((item) => !kept.has(item));
  return [...known, ...added.sort(compare)].sort(compare);
}
