/**
 * Duty: which names a Service of type ExternalName may stand for. A tenant writes it, and must not reach this machine or
 * its cloud's metadata service through the proxy. Must not know objects.
 *
 * What a name leads to is known only when it is resolved, and its owner can change that at any time, so this refuses what
 * is known to be dangerous; a network policy that keeps the proxy from 169.254.169.254 refuses the rest.
 */
import { err, type Result } from '@gatehouse/core';
import { parseHost } from '../parse-host.ts';
import { judgeAddress, NO_ADDRESS } from './judge-address.ts';

/** Why an ExternalName is not proxied to; `reason` completes "the name …". */
export interface ExternalNameRefusal {
  /** Forbidden is what leads to this machine, its link or its cloud, or hides where it leads. */
  readonly code: 'ExternalNameInvalid' | 'ExternalNameForbidden';
  readonly reason: string;
}

/** `localhost` and everything below it (RFC 6761, section 6.3), and what Linux distributions add to /etc/hosts. */
const LOCAL_NAMES = [
  'localhost',
  'localhost.localdomain',
  'localhost4',
  'localhost4.localdomain4',
  'localhost6',
  'localhost6.localdomain6',
  'ip6-localhost',
  'ip6-loopback',
];
/** Public domains of which every name, or the domain itself, is answered with 127.0.0.1. */
const LOOPBACK_DOMAINS = ['localtest.me', 'lvh.me', 'vcap.me', 'lacolhost.com', 'yoogle.com', 'localho.st'];
/** Public domains whose names hold the address that they are answered with: `10.0.0.1.nip.io`, `app-10-0-0-1.sslip.io`. */
const ADDRESS_DOMAINS = ['nip.io', 'sslip.io', 'xip.io', 'traefik.me', 'backname.io'];
/** Names that a cloud's own resolver answers with its metadata service. */
const METADATA_NAMES = [
  'instance-data',
  'instance-data.ec2.internal',
  'metadata',
  'metadata.azure.internal',
  'metadata.goog',
  'metadata.google.internal',
  'metadata.tencentyun.com',
  'rancher-metadata',
];

/** Reads a name into lower case without a dot at its end. */
export function judgeExternalName(text: string): Result<string, ExternalNameRefusal> {
  const lower = text.toLowerCase();
  const name = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  const parsed = parseHost(name);
  if (!parsed.ok) return err(parsed.error.kind === 'ip-address' ? refusedAddress(name) : invalid(parsed.error.reason));
  if (name.startsWith('*')) return err(invalid('has a wildcard'));
  const danger = nameDanger(name);
  return danger === undefined ? parsed : err(forbidden(danger));
}

/** Kubernetes says that an address here is a name of digits. It is never used, and most are an honest mistake. */
function refusedAddress(text: string): ExternalNameRefusal {
  const judged = judgeAddress(text, 'refused');
  if (judged.ok) return invalid('is an IP address, and only names are allowed');
  const reason =
    judged.error === NO_ADDRESS ? `${addressDanger(text) ?? 'is an IP address'} in an unusual notation` : judged.error;
  return forbidden(`${reason}, and only names are allowed`);
}

function invalid(reason: string): ExternalNameRefusal {
  return { code: 'ExternalNameInvalid', reason };
}

function forbidden(reason: string): ExternalNameRefusal {
  return { code: 'ExternalNameForbidden', reason };
}

function nameDanger(name: string): string | undefined {
  if (isAtOrBelow(name, METADATA_NAMES)) return 'is the metadata service of a cloud';
  if (isAtOrBelow(name, LOCAL_NAMES)) return 'is a name of this machine';
  if (isAtOrBelow(name, LOOPBACK_DOMAINS)) return 'is a name that leads to this machine';
  const domain = ADDRESS_DOMAINS.find((one) => name.endsWith(`.${one}`));
  if (domain === undefined) return undefined;
  const danger = heldAddresses(name.slice(0, -domain.length - 1))
    .map(addressDanger)
    .find((one) => one !== undefined);
  return danger && `holds an address that ${danger}`;
}

function isAtOrBelow(name: string, domains: readonly string[]): boolean {
  return domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

/** Where an address in any notation leads, when nobody may be led there. */
function addressDanger(text: string): string | undefined {
  const bare = text.replace(/^\[|\](:[0-9]*)?$/g, '').replace(/%.*$/, '');
  const address = bare.includes(':') ? bare : looseIpv4(bare);
  if (address === undefined) return undefined;
  const judged = judgeAddress(address, 'refused');
  return judged.ok || judged.error === NO_ADDRESS ? undefined : judged.error;
}

/** An IPv4 address as old resolvers read it: one to four numbers, decimal, octal or hexadecimal, the last one filling up. */
function looseIpv4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]{1,16}|[0-9]{1,16})$/.test(part))) return undefined;
  const numbers = parts.map((part) => (/^0[0-7]+$/.test(part) ? parseInt(part, 8) : Number(part)));
  const last = numbers.pop() ?? 0;
  const rest = [3, 2, 1, 0].slice(numbers.length).map((power) => Math.floor(last / 256 ** power) % 256);
  const bytes = [...numbers, ...rest];
  return bytes.every((byte) => byte <= 255) ? bytes.join('.') : undefined;
}

/** The addresses that stand in the labels of a name, with dots, with hyphens (which are colons in IPv6), or in hexadecimal. */
function heldAddresses(name: string): readonly string[] {
  const dotted = /(?:^|[.-])((?:[0-9]{1,3}[.-]){3}[0-9]{1,3})$/.exec(name)?.[1]?.replaceAll('-', '.');
  const label = name.slice(name.lastIndexOf('.') + 1);
  const hex = /(?:^|-)([0-9a-f]{8})$/.exec(label)?.[1];
  const ipv6 = /^[0-9a-f-]+$/.test(label) && label.includes('--') ? label.replaceAll('-', ':') : undefined;
  return [dotted, hex && `0x${hex}`, ipv6].filter((one) => one !== undefined);
}
