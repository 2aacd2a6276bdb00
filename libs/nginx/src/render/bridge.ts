/**
 * Duty: the way from one configuration to another that has upstreams which the first had not: the servers of the first, with
 * the upstreams of both. nginx learns endpoints there before a request can ask for them.
 */
import type { ConfigParts } from './config-parts.ts';

export interface Bridge {
  /** The digest of the configuration that it leads away from. */
  readonly from: string;
  text(): string;
}

/** Undefined when there is nothing to learn on the way, or no way: memory of another size is empty. `proof` ends the http block. */
export function planBridge(from: ConfigParts | undefined, to: ConfigParts, proof: string): Bridge | undefined {
  if (from === undefined || to.zone === '' || from.zone !== to.zone) return undefined;
  const known = new Set(from.upstreams.map(({ name }) => name));
  const added = to.upstreams.filter(({ name, told }) => told !== undefined && !known.has(name));
  if (added.length === 0) return undefined;
  return {
    from: from.digest,
    text: () =>
      [
        ...[from.http, from.certificateMap, from.zone],
        ...[...from.upstreams, ...added, ...from.hosts].map(({ text }) => text),
        ...[from.errors, from.status, proof],
        ...from.streams,
      ].join(''),
  };
}
