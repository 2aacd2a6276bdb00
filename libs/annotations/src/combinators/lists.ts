/**
 * Duty: lists: networks, status codes, paths. Items are gathered without duplicates, in a named order where the order
 * means nothing.
 */
import { compareText, err, ok, quoteFound, type Result } from '@gatehouse/core';
import { combinator, listCharacters, splitList, type Combinator } from './combinator.ts';
import { isLabel, labelPattern } from './names.ts';
import { isHostname } from './names.ts';
import { compareNetworks, formatNetwork, parseNetwork, type Network } from './network.ts';

/** More networks than this belong into a firewall; each one is a comparison for every request. */
const maxNetworks = 2000;

/** IPv4 and IPv6 addresses or networks, comma separated; canonical (`10.0.0.0/8`), sorted, without duplicates. */
export const cidrList: Combinator<readonly string[]> = combinator({
  english: 'a comma separated list of IP addresses and networks such as 10.0.0.0/8, 2001:db8::1',
  schema: { type: 'string', pattern: '^[0-9a-fA-F.:/]{2,49}(\\s*,\\s*[0-9a-fA-F.:/]{2,49})*$' },
  maxCharacters: listCharacters,
  lines: 'many',
  read(text) {
    const items = splitList(text, ',');
    if (items.length > maxNetworks) return err(`it has ${items.length} networks, and ${maxNetworks} are the most`);
    const networks = readItems(items, parseNetwork);
    return networks.ok ? ok(canonicalNetworks(networks.value)) : networks;
  },
});

/** Status codes of answers that can be replaced, comma separated; ascending, without duplicates. */
export const statusCodeList: Combinator<readonly number[]> = combinator({
  english: 'a comma separated list of status codes from 400 to 599 such as 404,503',
  schema: { type: 'string', pattern: '^[45][0-9]{2}(\\s*,\\s*[45][0-9]{2})*$' },
  lines: 'many',
  read(text) {
    const codes = readItems(splitList(text, ','), parseStatusCode);
    return codes.ok ? ok([...new Set(codes.value)].sort((a, b) => a - b)) : codes;
  },
});

/** Whoever lets more in owns nothing any more; each of them is looked up at each host of the Ingress. */
const maxNamespaces = 100;

/** Names of namespaces (RFC 1123 labels), comma separated; sorted, without duplicates. */
export const namespaceList: Combinator<readonly string[]> = combinator({
  english: 'a comma separated list of at most 100 namespaces such as team-b, team-c',
  schema: { type: 'string', pattern: `^${labelPattern}(\\s*,\\s*${labelPattern})*$` },
  maxCharacters: listCharacters,
  lines: 'many',
  read(text) {
    const items = splitList(text, ',');
    if (items.length > maxNamespaces) return err(`it has ${items.length} names`);
    const names = readItems(items, (item) => (isLabel(item) ? ok(item) : err('it is no name of a namespace')));
    return names.ok ? ok([...new Set(names.value)].sort(compareText)) : names;
  },
});

/** Prefixes of request paths, comma separated, in the order given, without duplicates. */
export const pathList: Combinator<readonly string[]> = combinator({
  english: 'a comma separated list of paths such as /.well-known/acme-challenge',
  schema: { type: 'string', pattern: "^/[A-Za-z0-9._~!&'()*+;=:@/-]*(\\s*,\\s*/[A-Za-z0-9._~!&'()*+;=:@/-]*)*$" },
  lines: 'many',
  read(text) {
    const paths = readItems(splitList(text, ','), parsePlainPath);
    return paths.ok ? ok([...new Set(paths.value)]) : paths;
  },
});

/** More names than this are hosts, and belong into rules. */
const maxHosts = 100;

/**
 * Names of hosts, comma separated, in the order given, without duplicates; `*.` stands for one label. Whether each can be
 * served is judged where hosts are.
 */
export const hostList: Combinator<readonly string[]> = combinator({
  english: 'a comma separated list of at most 100 host names such as shop.example.com, *.example.org',
  schema: { type: 'string', pattern: '^[a-z0-9*.-]+(\\s*,\\s*[a-z0-9*.-]*)*$|^,' },
  maxCharacters: listCharacters,
  lines: 'many',
  read(text) {
    const items = splitList(text, ',').filter((item) => item !== '');
    if (items.length > maxHosts) return err(`it has ${items.length} names`);
    const names = readItems(items, parseHostPattern);
    return names.ok ? ok([...new Set(names.value)]) : names;
  },
});

function parseHostPattern(text: string): Result<string> {
  if (text.startsWith('~')) return err('regular expressions are not supported, name each host');
  const name = text.startsWith('*.') ? text.slice(2) : text;
  return isHostname(name) ? ok(text) : err('it is no DNS name in lower case');
}

function canonicalNetworks(networks: readonly Network[]): readonly string[] {
  return [...new Set(networks.toSorted(compareNetworks).map(formatNetwork))];
}

/** 499 is nginx' own mark for a client that went away; it refuses a page for it. */
function parseStatusCode(text: string): Result<number> {
  if (text === '499') return err('nobody is left to get a page for 499');
  return /^[45][0-9]{2}$/.test(text) ? ok(Number(text)) : err('it is no status code from 400 to 599');
}

function parsePlainPath(text: string): Result<string> {
  return /^\/[A-Za-z0-9._~!&'()*+;=:@/-]*$/.test(text) ? ok(text) : err('it is no path of unescaped URL characters');
}

/** Every item, or the reason of the first that cannot be read. */
function readItems<T>(items: readonly string[], parse: (item: string) => Result<T>): Result<readonly T[]> {
  const values: T[] = [];
  for (const [index, item] of items.entries()) {
    const result = item === '' ? err('it is empty') : parse(item);
    if (!result.ok) return err(`item ${index + 1}, ${quoteFound(item, 50)}: ${result.error}`);
    values.push(result.value);
  }
  return ok(values);
}
