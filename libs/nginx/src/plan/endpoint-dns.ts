/**
 * Duty: whether endpoints come to nginx by DNS, and what the configuration says so that they do. libs/endpoint-dns answers
 * what is asked then.
 */
import type { Backend } from '@gatehouse/routing';
import type { RenderOptions } from '../render-options.ts';
import type { EndpointDnsView, EndpointZoneView } from '../templates/endpoint-dns.ts';
import { addressWithPort, size } from '../tokens/constructors.ts';
import { addressUrl, endpointZone, type Proxying } from '../tokens/own-names.ts';
import { lastAddress } from '../tokens/regex.ts';
import type { NginxToken } from '../tokens/token.ts';

/** The port of the DNS server; undefined: endpoints stand in the configuration, and a change of them is a reload. */
export function endpointDnsPort({ capabilities, endpointDnsPort: port }: RenderOptions): number | undefined {
  return capabilities.upstreamResolve ? port : undefined;
}

/** Whether nginx can be asked which endpoints an upstream has: `keepalive … local` came with keeping connections by default. */
export function tellsPeers(options: RenderOptions): boolean {
  return endpointDnsPort(options) !== undefined && options.capabilities.upstreamKeepaliveByDefault;
}

/** Where names without endpoints lead to: nginx listens on the port of the DNS server, at another address. */
export const NO_ENDPOINTS_ADDRESS = '127.0.0.2';

/** The same for TCP and UDP ports: there nobody listens, so that connections are closed and datagrams dropped at once. */
export const NOBODY_ADDRESS = '127.0.0.3';

/** The listener there, which gives no answer; undefined where there is none. */
export function hangUpUrl(options: RenderOptions): NginxToken | undefined {
  const port = endpointDnsPort(options);
  return port === undefined ? undefined : addressUrl(addressWithPort(NO_ENDPOINTS_ADDRESS, port));
}

export function planEndpointDns(options: RenderOptions): EndpointDnsView | undefined {
  const port = endpointDnsPort(options);
  if (port === undefined) return undefined;
  return { address: addressWithPort('127.0.0.1', port), idleAddress: lastAddress(`${NO_ENDPOINTS_ADDRESS}:${port}`) };
}

const MEBIBYTE = 1024 * 1024;
/** What nobody uses of it costs 1 in 170. */
const SMALLEST_ZONE: Readonly<Record<Proxying, number>> = { http: 128 * MEBIBYTE, stream: 8 * MEBIBYTE };
/** As measured on nginx 1.30.6: 3.8 kB for an upstream with three endpoints. */
const BYTES_PER_UPSTREAM = 3 * 1024;
const BYTES_PER_ENDPOINT = 1024;

export interface EndpointCounts {
  readonly upstreams: number;
  readonly endpoints: number;
}

/** Of one upstream; so many are told at most (libs/endpoint-dns), and nobody else can make the zone larger. */
const MOST_ENDPOINTS = 1680;

export function countEndpoints(told: ReadonlyMap<string, Backend>): EndpointCounts {
  let endpoints = 0;
  for (const backend of told.values()) endpoints += Math.min(MOST_ENDPOINTS, backend.endpoints.length);
  return { upstreams: told.size, endpoints };
}

/**
 * The memory that all upstreams share. nginx leaves endpoints out when it is full, and has it empty when its size changes:
 * so there is twice the room that is needed, and it grows by doubling.
 */
export function planEndpointZone(
  proxying: Proxying,
  counts: EndpointCounts,
  options: RenderOptions,
): EndpointZoneView | undefined {
  const port = endpointDnsPort(options);
  if (port === undefined) return undefined;
  const needed = 2 * (counts.upstreams * BYTES_PER_UPSTREAM + counts.endpoints * BYTES_PER_ENDPOINT);
  const bytes = Math.max(SMALLEST_ZONE[proxying], 2 ** Math.ceil(Math.log2(Math.max(1, needed))));
  const address = proxying === 'http' ? NO_ENDPOINTS_ADDRESS : NOBODY_ADDRESS;
  return { zone: endpointZone(proxying), size: size(bytes), noEndpoints: addressWithPort(address, port) };
}
