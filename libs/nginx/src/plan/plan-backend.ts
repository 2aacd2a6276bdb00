/**
 * Duty: whether and how a backend can be spoken to by this nginx.
 */
import type { BackendProtocol } from '@gatehouse/annotations';
import type { Backend, EndpointAddress } from '@gatehouse/routing';
import type { RenderOptions } from '../render-options.ts';
import type { UpstreamView } from '../templates/upstream.ts';
import { addressWithPort, integer, isAddress, resolverAddress } from '../tokens/constructors.ts';
import {
  endpointService,
  endpointsName,
  endpointZone,
  resolvedUrl,
  upstreamBlock,
  upstreamUrl,
  type UpstreamScheme,
} from '../tokens/own-names.ts';
import type { NginxToken } from '../tokens/token.ts';
import type { PlanContext } from './context.ts';
import { endpointDnsPort, tellsPeers } from './endpoint-dns.ts';
import { upstreamOf, type Upstream } from './names.ts';

/** How requests reach a backend. */
export type Reach =
  | { readonly kind: 'upstream'; readonly backend: Backend }
  /** An address with a name, which nginx resolves for each request: it is too old for `resolve` in an upstream. */
  | { readonly kind: 'resolved'; readonly address: NginxToken }
  | { readonly kind: 'unavailable' }
  /** A name, and no DNS server to ask. */
  | { readonly kind: 'unresolvable'; readonly name: string };

/** How requests reach `backend`. A name must never be resolved when nginx starts: one bad name would stop it. */
export function reachBackend(backend: Backend, options: RenderOptions): Reach {
  if (backend.endpoints.length === 0) {
    return endpointDnsPort(options) === undefined ? { kind: 'unavailable' } : { kind: 'upstream', backend };
  }
  const named = backend.endpoints.find((endpoint) => !isAddress(endpoint.address));
  if (named === undefined) return { kind: 'upstream', backend };
  if ((options.resolvers ?? []).length === 0) return { kind: 'unresolvable', name: named.address };
  if (options.capabilities.upstreamResolve) return { kind: 'upstream', backend };
  return { kind: 'resolved', address: addressWithPort(named.address, named.port) };
}

/** Whether requests can reach `backend` at all. */
export function isReachable(backend: Backend, options: RenderOptions): boolean {
  const { kind } = reachBackend(backend, options);
  return kind === 'upstream' || kind === 'resolved';
}

/** What stands behind `proxy_pass` or `grpc_pass`. */
export function urlOf(reach: Reach & { readonly kind: 'resolved' | 'upstream' }, scheme: UpstreamScheme): NginxToken {
  return reach.kind === 'resolved' ? resolvedUrl(scheme) : upstreamUrl(scheme, upstreamOf(reach.backend, scheme).name);
}

/** The scheme of an annotation's protocol. */
export function schemeOf(protocol: BackendProtocol): UpstreamScheme {
  switch (protocol) {
    case 'AUTO_HTTP':
      return 'client';
    case 'GRPC':
      return 'grpc';
    case 'GRPCS':
      return 'grpcs';
    case 'HTTP':
      return 'http';
    case 'HTTPS':
      return 'https';
  }
}

/** What this nginx lacks to speak `protocol` to a backend; undefined when nothing is. */
export function missingModule(protocol: BackendProtocol, options: RenderOptions): string | undefined {
  const isGrpc = protocol === 'GRPC' || protocol === 'GRPCS';
  if (isGrpc && !options.capabilities.http2) return 'the gRPC module';
  const isEncrypted = protocol === 'HTTPS' || protocol === 'GRPCS' || protocol === 'AUTO_HTTP';
  return isEncrypted && !options.capabilities.ssl ? 'the TLS module' : undefined;
}

/** Whether the endpoints of an upstream come by DNS. Those that are names are resolved by nginx as they are. */
export function hasEndpointsByDns({ backend }: Upstream, options: RenderOptions): boolean {
  return endpointDnsPort(options) !== undefined && backend.endpoints.every(({ address }) => isAddress(address));
}

/** The block of an upstream. */
export function planUpstream(upstream: Upstream, context: PlanContext): UpstreamView {
  const { backend, scheme, name: blockName } = upstream;
  const { capabilities } = context.options;
  // Under the client's own scheme a block has connections with and without TLS, and nginx would mix them up.
  const connections = scheme === 'client' ? 0 : context.settings.upstreamKeepaliveConnections;
  const name = upstreamBlock(blockName);
  const hasNames = backend.endpoints.some((endpoint) => !isAddress(endpoint.address));
  const byDns = hasEndpointsByDns(upstream, context.options) ? planByDns(upstream) : undefined;
  const isAsked = byDns !== undefined && tellsPeers(context.options);
  const resolvers = context.options.resolvers ?? [];
  // 0 is refused by an nginx that does not keep connections by itself.
  const writesConnections = scheme !== 'stream' && (connections > 0 || capabilities.upstreamKeepaliveByDefault);
  return {
    name,
    zone: hasNames ? name : undefined,
    // That of all upstreams knows endpoints alone.
    resolver:
      hasNames && endpointDnsPort(context.options) !== undefined
        ? { addresses: resolvers.map(resolverAddress) }
        : undefined,
    byDns,
    servers: byDns === undefined ? backend.endpoints.map(planEndpoint) : [],
    // What asks for the endpoints that nginx has must be given no connection.
    keepAlive: writesConnections ? { connections: integer(connections), local: connections > 0 && isAsked } : undefined,
  };
}

function planByDns({ scheme, name }: Upstream): UpstreamView['byDns'] {
  const proxying = scheme === 'stream' ? 'stream' : 'http';
  return { server: endpointsName(name), service: endpointService(proxying), zone: endpointZone(proxying) };
}

function planEndpoint({ address, port }: EndpointAddress): UpstreamView['servers'][number] {
  return { address: addressWithPort(address, port), resolve: !isAddress(address) };
}
