export { startEndpointDns, type EndpointDns } from './start-endpoint-dns.ts';
