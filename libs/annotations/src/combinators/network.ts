/**
 * Duty: IPv4 and IPv6 networks: reading, one canonical text for each, and their order. Every step is linear in the
 * length of the text, which is bounded first.
 */
import { err, ok, type Result } from '@gatehouse/core';

/** An address with the number of bits that count; those after it are zero. */
export interface Network {
  /** 4 bytes for IPv4, 16 for IPv6. */
  readonly bytes: readonly number[];
  readonly prefixLength: number;
}

/** The longest is an IPv6 address that ends in an IPv4 one, with a slash and three digits. */
const longestNetwork = 49;

/**
 * Reads `10.0.0.0/8`, `10.1.2.3`, `2001:db8::/32` or `::1`. Bits after the prefix are cleared, since nginx ignores them
 * with a warning. A network of IPv4-mapped addresses becomes the IPv4 network, as nginx compares such clients by IPv4.
 */
export function parseNetwork(text: string): Result<Network> {
  if (text.length > longestNetwork) return err('it is too long for an address');
  const slash = text.indexOf('/');
  const bytes = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (bytes === undefined) return err('it is no IPv4 or IPv6 address');
  const bits = bytes.length * 8;
  const prefixLength = slash === -1 ? bits : parsePrefixLength(text.slice(slash + 1), bits);
  if (prefixLength === undefined) return err(`what follows the slash is no number from 0 to ${bits}`);
  return ok(unmapped({ bytes: cleared(bytes, prefixLength), prefixLength }));
}

/** `10.0.0.0/8`; IPv6 as RFC 5952 writes it. */
export function formatNetwork({ bytes, prefixLength }: Network): string {
  return `${bytes.length === 4 ? bytes.join('.') : formatIpv6(bytes)}/${prefixLength}`;
}

/** IPv4 before IPv6, then by address, then the wider network first. */
export function compareNetworks(a: Network, b: Network): number {
  const byFamily = a.bytes.length - b.bytes.length;
  if (byFamily !== 0) return byFamily;
  for (const [index, byte] of a.bytes.entries()) {
    const byByte = byte - (b.bytes[index] ?? 0);
    if (byByte !== 0) return byByte;
  }
  return a.prefixLength - b.prefixLength;
}

/** The 4 or 16 bytes of an address, or undefined. Leading zeros in IPv4 are refused: some read them as octal. */
export function parseAddress(text: string): readonly number[] | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** RFC 4291, section 2.2: eight groups, one `::` for any number of zero groups, an IPv4 address at the end. */
function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves;
  const front = parseGroups(head ?? '', tail === undefined);
  const back = tail === undefined ? [] : parseGroups(tail, true);
  if (front === undefined || back === undefined) return undefined;
  const missing = 16 - front.length - back.length;
  const fits = tail === undefined ? missing === 0 : missing >= 2;
  return fits ? [...front, ...Array<number>(missing).fill(0), ...back] : undefined;
}

function parseGroups(text: string, mayEndInIpv4: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const isLast = index === groups.length - 1;
    const ipv4 = mayEndInIpv4 && isLast && group.includes('.') ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}

function parsePrefixLength(text: string, bits: number): number | undefined {
  const length = /^(0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : bits + 1;
  return length <= bits ? length : undefined;
}

function cleared(bytes: readonly number[], prefixLength: number): readonly number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefixLength - index * 8));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
}

function unmapped(network: Network): Network {
  const { bytes, prefixLength } = network;
  return isMapped(bytes) ? { bytes: bytes.slice(12), prefixLength: prefixLength - 96 } : network;
}

/** In ::ffff:0:0/96 (RFC 4291, section 2.5.5.2); the bits of a wider network are cleared, so it never is. */
function isMapped(bytes: readonly number[]): boolean {
  const isIpv6 = bytes.length === 16;
  return isIpv6 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

function formatIpv6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const zeros = longestZeroRun(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (zeros.length < 2) return text(groups);
  return `${text(groups.slice(0, zeros.start))}::${text(groups.slice(zeros.start + zeros.length))}`;
}

/** The first of the longest runs of zero groups. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}
