/**
 * Duty: our Ingresses out of all of a snapshot, in the order in which they win conflicts.
 */
import type { Problem } from '@gatehouse/core';
import type { Ingress, Snapshot } from '@gatehouse/kube-model';
import { ageComparator } from './compare-age.ts';
import { selectRemembered, type IngressMemory } from './ingress-memory.ts';
import type { RoutingOptions } from './options.ts';
import type { Selector } from './select-ingress.ts';
import { sortTogether } from './sort-together.ts';

/** What is remembered of each of our Ingresses, oldest first, and what is wrong with how any Ingress names its class. */
interface Served {
  readonly memories: readonly IngressMemory[];
  readonly problems: readonly Problem[];
}

/** See `Resolver.resolve` for `passing`. */
type ServedSelector = (snapshot: Snapshot, selector: Selector, passing?: Ingress) => Served;

export function servedSelector(options: RoutingOptions): ServedSelector {
  const compareAge = ageComparator(options.compatibility);
  const memories = new WeakMap<Ingress, IngressMemory>();
  let before: readonly IngressMemory[] = [];
  const memoryOf = (ingress: Ingress, passing: Ingress | undefined): IngressMemory => {
    const known = memories.get(ingress);
    if (known !== undefined) return known;
    const memory: IngressMemory = { ingress, mark: 'gone' };
    // A memory holds its Ingress, and only a collection of the whole heap finds out that nobody else does.
    if (ingress !== passing) memories.set(ingress, memory);
    return memory;
  };
  return (snapshot, selector, passing) => {
    const problems: Problem[] = [];
    const all: IngressMemory[] = [];
    for (const memory of before) memory.mark = 'gone';
    for (const ingress of snapshot.ingresses.values()) {
      const memory = memoryOf(ingress, passing);
      const selection = selectRemembered(memory, selector);
      problems.push(...selection.problems);
      if (!selection.isOurs) continue;
      memory.mark = 'come';
      all.push(memory);
    }
    const kept = before.filter(({ mark }) => mark === 'come');
    for (const memory of kept) memory.mark = 'kept';
    const come = all.filter(({ mark }) => mark === 'come');
    before = sortTogether(kept, come, (a, b) => compareAge(a.ingress, b.ingress));
    return { memories: before, problems };
  };
}
