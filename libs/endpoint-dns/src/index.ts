export type { Endpoint } from './endpoint-feed.ts';
export { startEndpointDns, type EndpointDns } from './start-endpoint-dns.ts';
