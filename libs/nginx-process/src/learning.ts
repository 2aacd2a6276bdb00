/**
 * Duty: which upstreams of a configuration learn their endpoints by DNS, and whether another one has taught nginx all of them.
 */

export interface Learning {
  /** Of upstreams. */
  readonly names: ReadonlySet<string>;
  /** The memory that holds what they learned: names and sizes. nginx empties it when a size changes. */
  readonly memory: string;
}

/** Reads the text of a configuration of ours. */
export function readLearning(config: string): Learning {
  const names = new Set(
    Array.from(config.matchAll(/^ +server ([a-z]+)\.gatehouse service=[es]2? /gm), ([, name = '']) => name),
  );
  return { names, memory: Array.from(config.matchAll(/^ +zone ([a-z_]+ [0-9]+m);$/gm), ([, zone]) => zone).join() };
}

/** Whether an nginx that ran `before` has nothing to learn for `after`. */
export function knowsAll(before: Learning, after: Learning): boolean {
  return before.memory === after.memory && after.names.isSubsetOf(before.names);
}
