/**
 * Duty: the name servers of this machine, for backends that are named by DNS.
 */
import { getServers } from 'node:dns';
import { isIP } from 'node:net';

/** Addresses, IPv6 without brackets. One with a zone is left out: nginx cannot take it. */
export function machineResolvers(): readonly string[] {
  return getServers().filter((server) => isIP(server) !== 0 && !server.includes('%'));
}
