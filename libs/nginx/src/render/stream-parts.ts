/**
 * Duty: the stream block in its parts, and put together: its head, memory for endpoints, upstreams, servers, its end.
 */
import { countEndpoints, planEndpointZone } from '../plan/endpoint-dns.ts';
import type { StreamsPlan } from '../plan/plan-streams.ts';
import { renderEndpointZone } from '../templates/endpoint-dns.ts';
import { renderStream, renderStreamHead, STREAM_END } from '../templates/stream.ts';
import { eachOnce, toldOf, upstreamChunks, type HostSurroundings, type UpstreamChunk } from './chunk.ts';
import { ofNobody, type MappedText } from './line-map.ts';

/** Texts are whole lines. */
export interface StreamParts {
  /** Empty when there is no stream block. */
  readonly head: string;
  /** Memory for endpoints; empty where they stand in the configuration. */
  readonly zone: string;
  readonly upstreams: readonly UpstreamChunk[];
  readonly servers: readonly MappedText[];
}

export function renderStreams(
  { head, streams }: StreamsPlan,
  surroundings: Omit<HostSurroundings, 'defaultCertificate'>,
): StreamParts {
  if (head === undefined) return { head: '', zone: '', upstreams: [], servers: [] };
  const chunkOf = upstreamChunks(surroundings);
  const upstreams = eachOnce(
    streams.flatMap(({ upstream, stream }) => (upstream === undefined ? [] : [chunkOf(upstream, stream.origin)])),
  );
  const zone = planEndpointZone('stream', countEndpoints(toldOf(upstreams)), surroundings.context.options);
  return {
    head: renderStreamHead(head),
    zone: zone === undefined ? '' : renderEndpointZone(zone),
    upstreams,
    servers: streams.map(({ view, stream }) => ({
      text: renderStream(view),
      origin: stream.origin,
      locationOrigins: [],
    })),
  };
}

/** The whole block; nothing when there is none. */
export function streamBlock({ head, zone, upstreams, servers }: StreamParts): readonly MappedText[] {
  if (head === '') return [];
  const blocks = upstreams.map(({ text, origin }): MappedText => ({ text, origin, locationOrigins: [] }));
  return [ofNobody(head + zone), ...blocks, ...servers, ofNobody(STREAM_END)];
}
