/**
 * Duty: what is let in as a change of endpoints. It may come from another process, so nothing about it is believed.
 */
import { BlockList, isIP } from 'node:net';
import type { Endpoint, EndpointChange } from '@gatehouse/pipeline';

/** More than nginx can be told of in one answer (65,535 bytes), by far; a bound for what a message may hold. */
const MOST_ENDPOINTS = 10_000;
const NAME = /^[a-z]{16,40}$/;

/**
 * Where no endpoint may be: this machine, its link, everybody, nobody. A list for each family: in one, an IPv4 address
 * would be looked for in its mapped form as well.
 */
const refused = { ipv4: new BlockList(), ipv6: new BlockList() };
refused.ipv4.addSubnet('0.0.0.0', 8);
refused.ipv4.addSubnet('127.0.0.0', 8);
refused.ipv4.addSubnet('169.254.0.0', 16);
refused.ipv4.addSubnet('224.0.0.0', 3);
// `::`, `::1`, and IPv4 addresses in both forms that IPv6 has for them.
refused.ipv6.addSubnet('::', 96, 'ipv6');
refused.ipv6.addSubnet('::ffff:0:0', 96, 'ipv6');
refused.ipv6.addSubnet('fe80::', 10, 'ipv6');
refused.ipv6.addSubnet('ff00::', 8, 'ipv6');

export type LoopbackRule = 'allowed' | 'refused';

/** The changes, when all are as EndpointChange says. Throws and says which is not, without repeating what it holds. */
export function checkChanges(changes: unknown, loopback: LoopbackRule): readonly EndpointChange[] {
  if (!Array.isArray(changes)) throw new TypeError('changes of endpoints are a list');
  return changes.map((change: unknown) => checkChange(change, loopback));
}

function checkChange(change: unknown, loopback: LoopbackRule): EndpointChange {
  const { name, endpoints } = fieldsOf(change);
  if (!isEndpointName(name)) throw new TypeError('a name of endpoints is 16 to 40 small letters');
  if (endpoints === 'forgotten') return { name, endpoints };
  if (!Array.isArray(endpoints) || endpoints.length > MOST_ENDPOINTS) {
    throw new TypeError(`the endpoints of ${name} are a list of at most ${MOST_ENDPOINTS}`);
  }
  return { name, endpoints: endpoints.map((endpoint: unknown) => checkEndpoint(endpoint, name, loopback)) };
}

function checkEndpoint(endpoint: unknown, name: string, loopback: LoopbackRule): Endpoint {
  const { address, port, weight } = fieldsOf(endpoint);
  if (typeof address !== 'string' || !mayBeReached(address, loopback)) {
    throw new TypeError(`an endpoint of ${name} has an address that is not proxied to`);
  }
  if (!isShort(port) || !isShort(weight)) throw new TypeError(`an endpoint of ${name} has no port or weight`);
  return { address, port, weight };
}

/** Whether something may be a name of endpoints. */
function isEndpointName(name: unknown): name is string {
  return typeof name === 'string' && NAME.test(name);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isShort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 0xff_ff;
}

function mayBeReached(address: string, loopback: LoopbackRule): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return false;
  if (loopback === 'allowed' && (address === '::1' || (family === 4 && address.startsWith('127.')))) return true;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  return !refused[kind].check(address, kind);
}
