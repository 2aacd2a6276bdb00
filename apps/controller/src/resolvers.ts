/**
 * Duty: the name servers of this machine, for backends that are named by DNS.
 */
import { getServers } from 'node:dns';
import { isIP } from 'node:net';

/** Addresses, IPv6 without brackets. One with a port of its own (which resolv.conf cannot say) is left out. */
export function machineResolvers(): readonly string[] {
  return getServers().filter((server) => isIP(server) !== 0);
}
