/**
 * Duty: the way from one configuration to another that has upstreams which the first had not: the servers of the first, with
 * the upstreams of both. nginx learns endpoints there before a request can ask for them.
 */
import type { UpstreamChunk } from './chunk.ts';

/** What a configuration is made of. */
export interface ConfigParts {
  readonly digest: string;
  readonly head: string;
  /** Empty where endpoints stand in the configuration. */
  readonly zone: string;
  readonly upstreams: readonly UpstreamChunk[];
  /** Servers, but for the one that proves. */
  readonly servers: readonly string[];
  /** What follows the http block. */
  readonly streams: readonly string[];
}

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
        from.head,
        from.zone,
        ...[...from.upstreams, ...added].map(({ text }) => text),
        ...from.servers,
        proof,
        ...from.streams,
      ].join(''),
  };
}
