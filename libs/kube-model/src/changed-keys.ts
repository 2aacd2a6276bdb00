/**
 * Duty: which keys of a map have another value than before. Must not know what the maps hold.
 */
import { LayeredMap } from './layered-map.ts';

/**
 * The keys whose value in `now` is another object than in `before`, or is there in one of the two only. Maps that are
 * in the same order, as a map and its changed copy are, are compared without looking any key up.
 */
export function changedKeys<K, V>(before: ReadonlyMap<K, V>, now: ReadonlyMap<K, V>): ReadonlySet<K> {
  const changed = new Set<K>();
  if (before === now) return changed;
  const few = keysThatMayDiffer(before, now);
  if (few !== undefined) return new Set([...few].filter((key) => before.get(key) !== now.get(key)));
  const others = now.entries();
  for (const [key, value] of before) {
    const other = others.next();
    if (other.done === true || other.value[0] !== key) return changedKeysInAnyOrder(before, now);
    if (other.value[1] !== value) changed.add(key);
  }
  for (const [key] of others) changed.add(key);
  return changed;
}

function changedKeysInAnyOrder<K, V>(before: ReadonlyMap<K, V>, now: ReadonlyMap<K, V>): ReadonlySet<K> {
  const changed = new Set<K>();
  for (const [key, value] of now) if (before.get(key) !== value) changed.add(key);
  for (const key of before.keys()) if (!now.has(key)) changed.add(key);
  return changed;
}

function keysThatMayDiffer<K, V>(before: ReadonlyMap<K, V>, now: ReadonlyMap<K, V>): ReadonlySet<K> | undefined {
  if (!(before instanceof LayeredMap && now instanceof LayeredMap)) return undefined;
  return (before as LayeredMap<K, V>).keysThatMayDiffer(now as LayeredMap<K, V>);
}
