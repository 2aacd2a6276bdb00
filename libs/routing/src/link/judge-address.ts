/**
 * Duty: which addresses are never proxied to: a tenant writes EndpointSlices, and must not reach this machine or its cloud's metadata service through the proxy. Must not know objects.
 */
import { formatNetwork, parseNetwork } from '@gatehouse/annotations';
import { err, ok, type Result } from '@gatehouse/core';

/** What a loopback address is: refused, or fine on a machine without a cluster. */
export type LoopbackRule = 'allowed' | 'refused';

/** Reads an endpoint's address into its canonical text (RFC 5952). The error completes "the address …". */
export function judgeAddress(text: string, loopback: LoopbackRule): Result<string> {
  const network = text.includes('/') ? undefined : parseNetwork(text);
  if (!network?.ok) return err(NO_ADDRESS);
  const { bytes } = network.value;
  const address = formatNetwork(network.value).split('/', 1).join('');
  if (METADATA_ADDRESSES.has(address)) return err('is the metadata service of a cloud');
  const fault = bytes.length === 4 ? ipv4Fault(bytes) : ipv6Fault(bytes);
  if (fault !== undefined && !(fault === LOOPBACK && loopback === 'allowed')) return err(`is ${fault}`);
  return ok(address);
}

export const NO_ADDRESS = 'is no IP address';
const LOOPBACK = 'a loopback address';
const UNSPECIFIED = 'an unspecified address';
const LINK_LOCAL = 'a link-local address';
const MULTICAST = 'a multicast or reserved address';

/** Of Alibaba Cloud, Oracle Cloud, Azure, AWS and Google Cloud; most clouds use link-local 169.254.169.254. */
const METADATA_ADDRESSES = new Set([
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd20:ce::254',
]);
function ipv4Fault([first = 0, second = 0]: readonly number[]): string | undefined {
  if (first === 0) return UNSPECIFIED;
  if (first === 127) return LOOPBACK;
  if (first === 169 && second === 254) return LINK_LOCAL;
  return first >= 224 ? MULTICAST : undefined;
}

function ipv6Fault(bytes: readonly number[]): string | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.slice(0, 12).every((byte) => byte === 0)) return lowestFault(bytes.slice(12));
  if (first === 0xfe && (second & 0xc0) === 0x80) return LINK_LOCAL;
  return first === 0xff ? MULTICAST : undefined;
}

/** `::`, `::1`, and the retired form that holds an IPv4 address in its last four bytes. */
function lowestFault(last: readonly number[]): string {
  const value = last.reduce((sum, byte) => sum * 256 + byte, 0);
  return value === 0 ? UNSPECIFIED : value === 1 ? LOOPBACK : MULTICAST;
}
