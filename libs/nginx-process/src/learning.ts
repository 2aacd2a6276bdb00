/**
 * Duty: which upstreams of a configuration learn their endpoints by DNS, and what another one has not taught nginx yet.
 */

export interface Learning {
  /** Of upstreams. */
  readonly names: ReadonlySet<string>;
  /** What nginx asks for them: the SRV name of each server. */
  readonly questions: ReadonlySet<string>;
  /** The memory that holds what they learned: names and sizes. nginx empties it when a size changes. */
  readonly memory: string;
}

/** Reads the text of a configuration of ours. */
export function readLearning(config: string): Learning {
  const servers = Array.from(config.matchAll(/^ +server ([a-z]+)\.gatehouse service=([es]2?) /gm));
  return {
    names: new Set(servers.map(([, name = '']) => name)),
    questions: new Set(servers.map(([, name = '', service = '']) => `_${service}._tcp.${name}.gatehouse`)),
    memory: Array.from(config.matchAll(/^ +zone ([a-z_]+ [0-9]+m);$/gm), ([, zone]) => zone).join(),
  };
}

/** What an nginx that ran `before` has to ask until it knows all endpoints for `after`. */
export function questionsBetween(before: Learning, after: Learning): readonly string[] {
  return [...(before.memory === after.memory ? after.questions.difference(before.questions) : after.questions)];
}
