/**
 * Duty: the name servers of this machine, for backends that are named by DNS.
 */
import { getServers } from 'node:dns';

/** Addresses as nginx' directive `resolver` takes them: IPv6 in brackets, with the port when it is not 53. */
export function machineResolvers(): readonly string[] {
  // getServers writes IPv6 with brackets only when there is a port.
  return getServers().map((server) => (/^[^[\]]*:[^[\]]*:/.test(server) ? `[${server}]` : server));
}
