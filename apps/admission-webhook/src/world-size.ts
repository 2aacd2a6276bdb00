/**
 * Duty: how many objects of each kind candidates are judged among.
 */
import type { StoreObserver } from '@gatehouse/kube-model';

export class WorldSize {
  readonly #counts = new Map<string, number>();

  /** One object as it was, undefined when it is new, and as it is, undefined when it is gone. */
  readonly change: StoreObserver = (before, now) => {
    if (before !== undefined) this.#add(before.kind, -1);
    if (now !== undefined) this.#add(now.kind, 1);
  };

  counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  #add(kind: string, more: number): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + more);
  }
}
