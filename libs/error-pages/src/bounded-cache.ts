/**
 * Duty: keeps what was made last for all who share it, and never more than so much.
 */
export class BoundedCache<Value> {
  readonly #capacity: number;
  readonly #values = new Map<string, Value>();
  #owners = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#values.size;
  }

  /** A part of the cache with keys of its own: gives the value of a key, made when there is none. */
  part(): (key: string, make: () => Value) => Value {
    this.#owners += 1;
    const owner = `${this.#owners} `;
    return (key, make) => this.#getOrMake(owner + key, make);
  }

  /** What was made first makes room. */
  #getOrMake(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#values.keys();
    if (this.#values.size >= this.#capacity && oldest !== undefined) this.#values.delete(oldest);
    const value = make();
    this.#values.set(key, value);
    return value;
  }
}
