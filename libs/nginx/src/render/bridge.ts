/**
 * Duty: the way from one configuration to another that has upstreams which the first had not: the servers of the first, with
 * the upstreams of both. nginx learns endpoints there before a request can ask for them.
 */
import type { UpstreamChunk } from './chunk.ts';
import type { ConfigParts } from './config-parts.ts';
import { streamBlock } from './stream-parts.ts';

export interface Bridge {
  /** The digest of the configuration that it leads away from. */
  readonly from: string;
  text(): string;
}

/** Undefined when there is nothing to learn on the way, or no way: memory of another size is empty. `proof` ends the http block. */
export function planBridge(from: ConfigParts | undefined, to: ConfigParts, proof: string): Bridge | undefined {
  if (from === undefined || from.digest === to.digest || to.zone === '' || from.zone !== to.zone) return undefined;
  const added = addedTo(from.upstreams, to.upstreams);
  const { zone } = from.streams;
  const addedStreams =
    zone !== '' && zone === to.streams.zone ? addedTo(from.streams.upstreams, to.streams.upstreams) : [];
  if (added.length + addedStreams.length === 0) return undefined;
  return {
    from: from.digest,
    text: () =>
      [
        ...[from.http, from.certificateMap, from.zone],
        ...[...from.upstreams, ...added, ...from.hosts].map(({ text }) => text),
        ...[from.errors, from.status, proof],
        ...streamBlock({ ...from.streams, upstreams: [...from.streams.upstreams, ...addedStreams] }).map(
          ({ text }) => text,
        ),
      ].join(''),
  };
}

/** Those that are new, and learn their endpoints. */
function addedTo(before: readonly UpstreamChunk[], now: readonly UpstreamChunk[]): readonly UpstreamChunk[] {
  const known = new Set(before.map(({ name }) => name));
  return now.filter(({ name, told }) => told !== undefined && !known.has(name));
}
