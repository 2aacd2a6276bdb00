/**
 * Duty: an address of this machine that an API server takes into an EndpointSlice: it refuses those of loopback.
 */
import { networkInterfaces } from 'node:os';

/** What is sent there stays on this machine all the same. Throws when there is no network at all. */
export function nonLoopbackAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((all = []) => all);
  const usable = addresses.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  );
  if (usable === undefined) throw new Error('this machine has no IPv4 address but those of loopback');
  return usable.address;
}
