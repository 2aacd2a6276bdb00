/**
 * Duty: a real nginx with many upstreams whose endpoints it is told by libs/endpoint-dns, and what both cost.
 */
import { readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startEndpointDns, type EndpointDns } from '@gatehouse/endpoint-dns';
import { configOf, makePlace, startBareNginx, type BareNginx } from '@gatehouse/e2e';

/** What nginx forgets of a change within: it asks again a second after each answer. */
export const PAUSE_MS = 1000;
const ASKED_TOGETHER = 20;
const CLOCK_TICKS = 100;
const PATIENCE_MS = 60_000;

export interface ToldNginx {
  readonly names: readonly string[];
  /** From its first listening until each upstream has answered a request. */
  readonly readyMs: number;
  /** Gives a name one endpoint, at `127.0.X.Y`. */
  tell(name: string, address: string): void;
  /** Resolves once a request to it is answered there. */
  reaches(name: string, address: string): Promise<void>;
  /** Seconds of processor time since the start: of nginx, and of this program, which the DNS server is a thread of. */
  processorSeconds(): number;
  close(): Promise<void>;
}

export async function startToldNginx(count: number): Promise<ToldNginx> {
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  const backend = createServer((asked, response) => response.end(asked.socket.localAddress));
  await new Promise<void>((resolve) => backend.listen(0, '0.0.0.0', resolve));
  const { port } = backend.address() as AddressInfo;
  const dns = await startEndpointDns({
    host: '127.0.0.1',
    port: 'free',
    noEndpointsAddress: '127.0.0.2',
    nobodyAddress: '127.0.0.3',
    loopbackEndpoints: 'allowed',
    onFault: (error) => console.error(error),
  });
  const endpointsOf = (address: string) => [{ address, port, weight: 1 }];
  dns.set(names.map((name) => ({ name, endpoints: endpointsOf('127.0.0.1') })));
  const place = await makePlace();
  const nginx = await startBareNginx(place, configOf(place, httpOf(names, dns.port)));
  const startedMs = performance.now();
  const left = [...names];
  const askRest = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) await reaches(nginx, name, '127.0.0.1');
  };
  await Promise.all(Array.from({ length: ASKED_TOGETHER }, askRest));
  const parts = { nginx, dns, backend };
  return {
    names,
    readyMs: performance.now() - startedMs,
    tell: (name, address) => dns.set([{ name, endpoints: endpointsOf(address) }]),
    reaches: (name, address) => reaches(nginx, name, address),
    processorSeconds: () => nginxSeconds(nginx) + ownSeconds(),
    close: () => close(parts),
  };
}

/** 16 small letters; the first ones differ. */
function nameOf(index: number): string {
  const letters = [0, 1, 2, 3].map((place) => String.fromCharCode(97 + (Math.floor(index / 26 ** place) % 26)));
  return letters.join('').padEnd(16, 'x');
}

function httpOf(names: readonly string[], dnsPort: number): string {
  const [first = '', ...others] = names.map((name) => `server ${name}.gatehouse service=e max_fails=0 resolve;`);
  const zones = ['zone endpoints 128m;', ...others.map(() => 'zone endpoints;')];
  const upstreams = names.map(
    (name, index) => `upstream ${name} { ${zones[index] ?? ''} ${[first, ...others][index] ?? ''} }`,
  );
  return `resolver 127.0.0.1:${dnsPort}; resolver_timeout 30s; map_hash_max_size 65536;
    proxy_set_header Connection close; proxy_next_upstream off;
    ${upstreams.join('\n')}
    map $http_name $name { ${names.map((name) => `${name} ${name};`).join(' ')} }
    server { LISTEN; location / { proxy_pass http://$name; } }`;
}

async function reaches(nginx: BareNginx, name: string, address: string): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while ((await ask(nginx.httpPort, name)) !== address) {
    if (performance.now() > deadlineMs) throw new Error(`${name} never came to ${address}: ${nginx.output()}`);
    await delay(1);
  }
}

function ask(port: number, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, headers: { name } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('end', () => resolve(text));
    });
    asking.once('error', reject);
    asking.end();
  });
}

/** Of master and workers. */
function nginxSeconds({ directory }: BareNginx): number {
  const master = readFileSync(`${directory}/nginx.pid`, 'utf8').trim();
  const children = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(' ');
  const ticks = [master, ...children].map((id) => {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / CLOCK_TICKS;
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function close(parts: {
  readonly nginx: BareNginx;
  readonly dns: EndpointDns;
  readonly backend: Server;
}): Promise<void> {
  await parts.nginx.close();
  await parts.dns.close();
  parts.backend.closeAllConnections();
  await new Promise((resolve) => parts.backend.close(resolve));
}
