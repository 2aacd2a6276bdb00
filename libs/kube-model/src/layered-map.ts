/**
 * Duty: a Map that never changes, and is followed by others that differ from it in little: making one, and telling two apart,
 * costs what differs and not what they hold.
 */

/** So many differences are kept beside the Map that they are differences to; then there is a new one. */
const MOST_DIFFERENCES = 256;

export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  /** What is not as in `#base`; undefined: it is gone. */
  readonly #differences: ReadonlyMap<K, V | undefined>;
  readonly size: number;

  private constructor(base: ReadonlyMap<K, V>, differences: ReadonlyMap<K, V | undefined>, size: number) {
    this.#base = base;
    this.#differences = differences;
    this.size = size;
  }

  /** Holds what `map` holds, which nobody is to change any more. No value may be undefined. */
  static of<K, V>(map: ReadonlyMap<K, V>): LayeredMap<K, V> {
    return new LayeredMap<K, V>(map, new Map(), map.size);
  }

  /** The same but for one key; undefined takes it away. */
  with(key: K, value: V | undefined): LayeredMap<K, V> {
    const size = this.size + Number(value !== undefined) - Number(this.has(key));
    const differences = new Map(this.#differences).set(key, value);
    const next = new LayeredMap(this.#base, differences, size);
    return differences.size > MOST_DIFFERENCES ? LayeredMap.of(new Map(next)) : next;
  }

  get(key: K): V | undefined {
    return this.#differences.has(key) ? this.#differences.get(key) : this.#base.get(key);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  /** Keys of which all others have the same value in both; undefined when that is not known without looking at all of them. */
  keysThatMayDiffer(other: LayeredMap<K, V>): ReadonlySet<K> | undefined {
    if (this.#base !== other.#base) return undefined;
    return new Set([...this.#differences.keys(), ...other.#differences.keys()]);
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.#base) {
      const now = this.#differences.has(key) ? this.#differences.get(key) : value;
      if (now !== undefined) yield [key, now];
    }
    for (const [key, value] of this.#differences) if (value !== undefined && !this.#base.has(key)) yield [key, value];
  }

  *keys(): MapIterator<K> {
    for (const [key] of this) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) callback(value, key, this);
  }
}
