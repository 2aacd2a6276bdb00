/**
 * Duty: which endpoints the running nginx has for an upstream, by its own words. nginx tries to connect to each and cannot:
 * see templates/proof.ts in libs/nginx.
 */
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import type { Endpoint } from '@gatehouse/pipeline';

/** `unknown`: it cannot be asked, or not now. */
export type Comparison = 'different' | 'same' | 'unknown';

/** Each costs nginx some 60 µs in which it does nothing else. */
const MOST_ENDPOINTS = 300;
const TIMEOUT_MS = 1000;
const ANSWER = /^peers (\S.*)$/;
const LOOPBACK_ROUTES = '/proc/sys/net/ipv4/conf';
/** As it stands for the machine, so long. */
const MACHINE_MS = 10_000;

/** Compares, as sets, what nginx has for an upstream with `expected`. Never throws. */
export type ComparePeers = (name: string, expected: readonly Endpoint[]) => Promise<Comparison>;

export function peersOn(proofSocket: string): ComparePeers {
  let machine: Promise<Machine> | undefined;
  let readMs = -Infinity;
  const compare: ComparePeers = async (name, expected) => {
    if (machine === undefined || performance.now() - readMs > MACHINE_MS) {
      machine = readMachine();
      readMs = performance.now();
    }
    const family = familyToAsk(expected, await machine);
    if (family === undefined) return 'unknown';
    const peers = await askPeers(proofSocket, `/peers/${family}/${name}`);
    if (peers === undefined) return 'unknown';
    const wanted = new Set(expected.map(({ address, port }) => print(address, port)));
    return wanted.symmetricDifference(peers).size === 0 ? 'same' : 'different';
  };
  // The system may keep the addresses of this machine to itself.
  return (name, expected) => compare(name, expected).catch(() => 'unknown');
}

interface Machine {
  readonly addresses: BlockList;
  /** A connection from a loopback address ends within the kernel. */
  readonly keepsLoopback: boolean;
}

async function readMachine(): Promise<Machine> {
  const addresses = new BlockList();
  for (const list of Object.values(networkInterfaces())) {
    for (const { address, family } of list ?? []) if (family === 'IPv4') addresses.addAddress(address);
  }
  return { addresses, keepsLoopback: await keepsLoopback() };
}

/** kube-proxy allows it to leave, in the network of a node. */
async function keepsLoopback(): Promise<boolean> {
  try {
    const places = await readdir(LOOPBACK_ROUTES);
    const values = await Promise.all(
      places.map((place) => readFile(`${LOOPBACK_ROUTES}/${place}/route_localnet`, 'utf8')),
    );
    return values.every((value) => value.trim() === '0');
  } catch {
    return false;
  }
}

/** Undefined where nginx would reach somebody, would take long, or cannot try all. */
function familyToAsk(expected: readonly Endpoint[], { addresses, keepsLoopback }: Machine): '4' | '6' | undefined {
  if (expected.length > MOST_ENDPOINTS) return undefined;
  if (expected.every(({ address }) => isIP(address) === 6)) return '6';
  const isSafe = keepsLoopback && expected.every(({ address }) => isIP(address) === 4 && !addresses.check(address));
  return isSafe ? '4' : undefined;
}

/** As `print` has them; undefined when nginx does not answer, or runs what knows no such question. */
async function askPeers(socketPath: string, path: string): Promise<ReadonlySet<string> | undefined> {
  const answer = await new Promise<string>((resolve) => {
    const asking = request({ socketPath, path, agent: false, timeout: TIMEOUT_MS, headers: { host: 'proof' } });
    asking.once('response', (response) => {
      text(response).then(resolve, () => resolve(''));
    });
    asking.once('timeout', () => asking.destroy());
    asking.on('error', () => resolve(''));
    asking.end();
  });
  const [, peers] = ANSWER.exec(answer) ?? [];
  if (peers === undefined) return undefined;
  return new Set(peers.split(', ').map(normalPeer));
}

/** nginx' own words for what is no address, such as the name of an upstream without any. */
function normalPeer(peer: string): string {
  const [, six, four = '', port] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d+)$/.exec(peer) ?? [];
  return port === undefined ? peer : print(six ?? four, Number(port));
}

function print(address: string, port: number): string {
  if (isIP(address) !== 6) return `${address}:${port}`;
  return `[${new SocketAddress({ address, family: 'ipv6' }).address}]:${port}`;
}
