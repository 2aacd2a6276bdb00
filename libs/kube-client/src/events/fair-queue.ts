/**
 * Duty: a queue of bounded size in which groups take turns, so that a group with much to say neither delays the others
 * nor pushes them out. Must not know what is in it.
 */

/** Holds at most `limit` items. Each item is in it once. */
export class FairQueue<Item> {
  readonly #limit: number;
  readonly #groupOf: (item: Item) => string;
  /** In the order of their turns; none is empty. */
  readonly #groups = new Map<string, Set<Item>>();
  #size = 0;

  constructor(limit: number, groupOf: (item: Item) => string) {
    this.#limit = limit;
    this.#groupOf = groupOf;
  }

  /** Puts an item, which is not in it, at the end of its group. Answers the one that had to go, if it is too many. */
  add(item: Item): Item | undefined {
    const group = this.#groupOf(item);
    const items = this.#groups.get(group) ?? new Set();
    this.#groups.set(group, items.add(item));
    this.#size += 1;
    return this.#size > this.#limit ? this.#takeFrom(this.#largest()) : undefined;
  }

  /** Takes out the oldest item of the group whose turn it is. */
  next(): Item | undefined {
    for (const group of this.#groups.keys()) return this.#takeFrom(group);
    return undefined;
  }

  #takeFrom(group: string): Item | undefined {
    const items = this.#groups.get(group) ?? new Set();
    const [item] = items;
    if (item === undefined) return undefined;
    items.delete(item);
    this.#size -= 1;
    this.#groups.delete(group);
    if (items.size > 0) this.#groups.set(group, items);
    return item;
  }

  #largest(): string {
    let largest = '';
    for (const [group, { size }] of this.#groups) if (size > (this.#groups.get(largest)?.size ?? 0)) largest = group;
    return largest;
  }
}
