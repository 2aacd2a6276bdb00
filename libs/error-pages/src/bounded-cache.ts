/**
 * Duty: keeps what was asked for last for all who share it, and never more than so much.
 */
export interface CacheBounds<Value> {
  /** What all values may take together, in the unit of `costOf`. The newest is kept whatever it takes. */
  readonly capacity: number;
  readonly costOf: (value: Value) => number;
}

export class BoundedCache<Value> {
  readonly #bounds: CacheBounds<Value>;
  /** By key; the one that nobody asked for the longest comes first. */
  readonly #values = new Map<string, Value>();
  #owners = 0;
  #cost = 0;

  constructor(bounds: CacheBounds<Value>) {
    this.#bounds = bounds;
  }

  /** What all its values take. */
  get cost(): number {
    return this.#cost;
  }

  /** A part of the cache with keys of its own, see `get`. */
  part(): BoundedCache<Value>['get'] {
    this.#owners += 1;
    const owner = `${this.#owners} `;
    return (key, make) => this.get(owner + key, make);
  }

  /** The value of a key, made when there is none. */
  get(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    const value = known ?? make();
    if (known === undefined) this.#cost += this.#bounds.costOf(value);
    else this.#values.delete(key);
    this.#values.set(key, value);
    this.#dropOldest();
    return value;
  }

  #dropOldest(): void {
    for (const [key, value] of this.#values) {
      if (this.#cost <= this.#bounds.capacity || this.#values.size === 1) return;
      this.#values.delete(key);
      this.#cost -= this.#bounds.costOf(value);
    }
  }
}
