/**
 * Duty: sets of addresses: how flags name them, and whether an address is in one.
 */
import { formatNetwork, parseNetwork } from '@gatehouse/annotations';
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import type { Flag } from '@gatehouse/flags';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Those that IANA's registries of special addresses call not globally reachable: nobody on the Internet has them. */
const PRIVATE_NETWORKS = [
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4'],
  ...['::1/128', '64:ff9b:1::/48', '100::/64', '2001:db8::/32', 'fc00::/7', 'fe80::/10'],
];

/** How much of an own address its neighbours share: the usual size of the network of a whole cluster. */
const NEIGHBOURS_PREFIX = { IPv4: 16, IPv6: 56 } as const;

/** `private`, `neighbours`, or a network such as `10.0.0.0/8`. */
export type NetworkName = string;

/** Who is believed unless somebody says otherwise. */
export const TRUSTED_PROXIES: readonly NetworkName[] = ['private', 'neighbours'];

/** Whether an address is in the set; undefined, and text that is none, is in no set. */
export type Networks = (address: string | undefined) => boolean;

interface NetworksFlagOptions {
  readonly default: readonly NetworkName[];
  readonly summary: string;
}

/** Networks or words for them, comma separated or one for each time the flag is given. */
export function networkNames(options: NetworksFlagOptions): Flag<readonly NetworkName[]> {
  return {
    ...options,
    arity: 'repeated',
    placeholder: 'NETWORKS',
    defaultText: options.default.join(','),
    parse: (found) => parseNames(found.flatMap((text) => text.split(','))),
  };
}

/** What `neighbours` means is looked up now. */
export function networksOf(names: readonly NetworkName[]): Networks {
  const list = new BlockList();
  for (const network of names.flatMap(networksNamed)) {
    const [address = '', prefixLength] = network.split('/');
    list.addSubnet(address, Number(prefixLength), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return (address) => {
    const family = address === undefined ? 0 : isIP(address);
    // An IPv4 client of a socket for both comes as ::ffff:10.0.0.1, which the list knows for what it is.
    return address !== undefined && family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

function parseNames(texts: readonly string[]): Result<readonly NetworkName[]> {
  const names: NetworkName[] = [];
  for (const text of texts.map((item) => item.trim()).filter((item) => item !== '')) {
    const network = parseNetwork(text);
    if (text === 'private' || text === 'neighbours') names.push(text);
    else if (network.ok) names.push(formatNetwork(network.value));
    else
      return err(`${quoteFound(text)} is no network such as 10.0.0.0/8, nor private or neighbours: ${network.error}`);
  }
  return ok(names);
}

function networksNamed(name: NetworkName): readonly string[] {
  if (name === 'private') return PRIVATE_NETWORKS;
  if (name !== 'neighbours') return [name];
  return (
    Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      // Near ::1 lie all addresses of IPv4, as IPv6 writes them.
      .filter(({ internal }) => !internal)
      .map(({ address, family }) => `${address}/${NEIGHBOURS_PREFIX[family]}`)
  );
}
