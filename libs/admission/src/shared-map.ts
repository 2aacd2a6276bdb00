/**
 * Duty: a Map that is handed out as it is at one moment: who has it never sees a change, and it is copied only when it
 * was handed out since the last change. As long as nothing changes it is the very same Map.
 */
import type { ObjectKey } from '@gatehouse/core';

export class SharedMap<V> {
  #map = new Map<ObjectKey, V>();
  #isShared = false;

  share(): ReadonlyMap<ObjectKey, V> {
    this.#isShared = true;
    return this.#map;
  }

  set(key: ObjectKey, value: V): void {
    this.#own().set(key, value);
  }

  delete(key: ObjectKey): void {
    this.#own().delete(key);
  }

  #own(): Map<ObjectKey, V> {
    if (this.#isShared) this.#map = new Map(this.#map);
    this.#isShared = false;
    return this.#map;
  }
}
