/**
 * Duty: telling a host name that can be served from text that cannot. Must not know objects or nginx.
 */
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import { decodeLabel, encodeLabel, isPunycode } from './punycode.ts';

/** Why a text is no host; `reason` completes "…: it". */
export interface HostRefusal {
  readonly kind: 'ip-address' | 'name';
  readonly reason: string;
}

const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;
const LABEL_CHARACTERS = /^[a-z0-9-]*$/;

/**
 * Reads a host as `spec.rules[].host` may have it: a DNS name (RFC 1123, section 2.1) in lower case, or `*.` and such a
 * name. An address in any notation that a browser or a resolver would take for one is refused (WHATWG URL standard,
 * "ends in a number"). The value is the text itself.
 */
export function parseHost(text: string): Result<string, HostRefusal> {
  if (text.length > LONGEST_NAME) return refuse(`has ${text.length} characters, more than ${LONGEST_NAME}`);
  if (isIpAddress(text)) return err({ kind: 'ip-address', reason: 'is an IP address, and only names are allowed' });
  const reason = nameFault(text);
  return reason === undefined ? ok(text) : refuse(reason);
}

/** Top-level domains that belong to nobody (RFC 6761, RFC 6762, ICANN's .internal), so that each network has its own. */
const PRIVATE_DOMAINS = ['example', 'internal', 'invalid', 'local', 'localhost', 'test'];

/** Whether a host takes in all domains of a public top-level domain, as `*.com` does. */
export function isWholeTopLevelDomain(host: string): boolean {
  const below = host.startsWith('*.') ? host.slice(2) : '.';
  return !below.includes('.') && !PRIVATE_DOMAINS.includes(below);
}

/**
 * The wildcard that matches `host`, its asterisk being exactly one label: `*.example.com` for `cafe.example.com`. None
 * does for a single label or a wildcard.
 */
export function coveringWildcard(host: string): string | undefined {
  const dot = host.indexOf('.');
  return dot > 0 && !host.startsWith('*') ? `*${host.slice(dot)}` : undefined;
}

function refuse(reason: string): Result<string, HostRefusal> {
  return err({ kind: 'name', reason });
}

/** IPv6, with or without brackets or port, and every name whose last label is a decimal, octal or hexadecimal number. */
function isIpAddress(text: string): boolean {
  if (text.startsWith('[') || text.split(':').length > 2) return true;
  const name = text.replace(/:[0-9]*$/, '').replace(/\.$/, '');
  const last = name.slice(name.lastIndexOf('.') + 1);
  return /^([0-9]+|0[xX][0-9a-fA-F]*)$/.test(last);
}

function nameFault(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes(':')) return 'has a port or a scheme, and only the name is allowed';
  if (/[A-Z]/.test(text)) {
    const lower = text.toLowerCase();
    return nameFault(lower) ?? `has upper-case letters, write it as ${quoteFound(lower)}`;
  }
  if (text.endsWith('.')) return 'ends in a dot';
  if (text === '*') return 'is `*` alone, leave the host out to match every name';
  const name = text.startsWith('*.') ? text.slice(2) : text;
  if (name.includes('*')) return 'has a `*` that is not the whole first label';
  const labels = name.split('.');
  return labels.map(labelFault).find((fault) => fault !== undefined);
}

function labelFault(label: string): string | undefined {
  if (label === '') return 'has an empty label';
  if (!LABEL_CHARACTERS.test(label)) return characterFault(label);
  if (label.length > LONGEST_LABEL) return `has a label of ${label.length} characters, more than ${LONGEST_LABEL}`;
  if (label.startsWith('-') || label.endsWith('-')) return 'has a label that begins or ends with a hyphen';
  const decoded = isPunycode(label) ? decodeLabel(label) : undefined;
  return decoded?.ok === false ? `has a label, ${quoteFound(label)}, that ${decoded.error}` : undefined;
}

/** Says how a label of letters outside ASCII is written, so that nobody has to look for a tool. */
function characterFault(label: string): string {
  const fault = 'has characters other than letters, digits, hyphens and dots';
  if (!/^[\p{L}\p{M}0-9-]+$/u.test(label)) return fault;
  const encoded = encodeLabel(label);
  return encoded === undefined || labelFault(encoded) !== undefined
    ? fault
    : `${fault}; ${quoteFound(label)} is written as ${quoteFound(encoded)}`;
}
