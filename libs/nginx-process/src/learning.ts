/**
 * Duty: which upstreams of a configuration learn their endpoints by DNS, and whether another one has taught nginx all of them.
 */

export interface Learning {
  /** Of upstreams. */
  readonly names: ReadonlySet<string>;
  /** The memory that holds what they learned: its name and size. nginx empties it when the size changes. */
  readonly memory: string;
}

/** Reads the text of a configuration of ours. */
export function readLearning(config: string): Learning {
  const names = new Set(
    Array.from(config.matchAll(/^ +server ([a-z]+)\.gatehouse service=e /gm), ([, name = '']) => name),
  );
  return { names, memory: /^ +zone [a-z_]+ [0-9]+m;$/m.exec(config)?.[0].trim() ?? '' };
}

/** Whether an nginx that ran `before` has nothing to learn for `after`. */
export function knowsAll(before: Learning, after: Learning): boolean {
  return before.memory === after.memory && after.names.isSubsetOf(before.names);
}
