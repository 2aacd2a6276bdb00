/**
 * Duty: that endpoints of TCP and UDP ports reach nginx without a reload, all the way from the objects.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, masterIn, until, workersIn } from '@gatehouse/testing';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { startGate, type Gate } from './harness/gate.ts';
import { makeManifestDirectory, type ManifestDirectory } from './harness/manifest-directory.ts';
import { askTcp, askUdp } from './harness/plain-servers.ts';

const { upstreamResolve, stream } = testedCapabilities();
const isPossible = upstreamResolve && stream.kind !== 'absent';
/** Every address of loopback is an endpoint of its own, but nobody is at this one. */
const GONE = '127.0.9.9';
const ADDRESSES = Array.from({ length: 12 }, (_, index) => `127.0.0.${20 + index}`);

type Protocol = 'TCP' | 'UDP';

(isPossible ? describe : describe.skip)('TCP and UDP ports without a reload (on nginx 1.27.3 with streams)', () => {
  let tcpServers: readonly Server[];
  let udpServers: readonly Socket[];
  let port: number;
  let directory: ManifestDirectory;
  let gate: Gate;
  const served: Record<Protocol, number> = { TCP: 0, UDP: 0 };

  const saveService = (name: string, protocol: Protocol, ...addresses: readonly string[]): void => {
    directory.save(`${name}.yaml`, [
      { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'main', port: 7, protocol }] } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-slice`, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: addresses.map((address) => ({ addresses: [address] })),
        ports: [{ name: 'main', port, protocol }],
      },
    ]);
  };
  const saveBoth = (...addresses: readonly string[]): void => {
    saveService('echo', 'TCP', ...addresses);
    saveService('dns', 'UDP', ...addresses);
  };
  const savePorts = (tcp = 'echo', more: Readonly<Record<string, string>> = {}): void => {
    const configMap = (name: string, data: Readonly<Record<string, string>>): object => {
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'system', name }, data };
    };
    const ports = { [served.TCP]: `default/${tcp}:7`, ...more };
    directory.save('ports.yaml', [configMap('tcp', ports), configMap('udp', { [served.UDP]: 'default/dns:7' })]);
  };
  const ask = { TCP: () => askTcp(served.TCP, 'x'), UDP: () => askUdp(served.UDP, 'x') };
  /** Two clients of each, and how often each answer came. */
  const askAllTheTime = () => {
    const counts: Record<Protocol, Record<string, number>> = { TCP: {}, UDP: {} };
    let isOver = false;
    const load = (['TCP', 'UDP', 'TCP', 'UDP'] as const).map(async (protocol) => {
      while (!isOver) {
        const answer = String(await ask[protocol]());
        counts[protocol][answer] = (counts[protocol][answer] ?? 0) + 1;
      }
    });
    const end = async (): Promise<void> => {
      isOver = true;
      await Promise.all(load);
    };
    return { counts, end };
  };
  const masterId = (): number => masterIn(gate.runtimeDirectory);
  const workers = (): string => workersIn(gate.runtimeDirectory);

  beforeAll(async () => {
    [port, served.TCP, served.UDP] = await Promise.all([freePort(), freePort(), freePort()]);
    tcpServers = await Promise.all(ADDRESSES.map((address) => startTcp(address, port)));
    udpServers = await Promise.all(ADDRESSES.map((address) => startUdp(address, port)));
    directory = makeManifestDirectory();
    saveBoth(ADDRESSES[0] ?? '');
    savePorts();
    const flags = ['--tcp-services-configmap=system/tcp', '--udp-services-configmap=system/udp'];
    gate = await startGate({ manifests: directory.path, flags });
  });

  afterAll(async () => {
    await gate.close();
    directory.cleanUp();
    await Promise.all(tcpServers.map((server) => new Promise((resolve) => server.close(resolve))));
    udpServers.forEach((socket) => socket.close());
  });

  it.each(['TCP', 'UDP'] as const)('have their endpoints with the first connection over %s', async (protocol) => {
    expect(await ask[protocol]()).toBe(ADDRESSES[0]);
  });

  it('follow their endpoints under load, by the same workers, and lose nothing', async () => {
    const before = workers();
    const { digest } = gate.lastRound();
    const { counts, end } = askAllTheTime();
    for (let change = 0; change < 12; change++) {
      saveBoth(...[0, 1, 2].map((offset) => ADDRESSES[(change + offset) % ADDRESSES.length] ?? ''));
      await delay(change % 4 === 0 ? 1200 : 150);
    }
    await end();
    console.log(`12 changes of endpoints under load: ${JSON.stringify(counts)}`);
    for (const answers of Object.values(counts)) {
      expect(Object.keys(answers).filter((answer) => !ADDRESSES.includes(answer))).toEqual([]);
      expect(Object.keys(answers).length).toBeGreaterThan(4);
    }
    expect(workers()).toBe(before);
    expect(gate.lastRound().digest).toBe(digest);
  });

  it('are used at once after a change', async () => {
    const times: number[] = [];
    for (let change = 0; change < 9; change++) {
      await delay(1300);
      const address = ADDRESSES[change + 2] ?? '';
      const startedMs = performance.now();
      saveBoth(address);
      await until(async () => (await ask.TCP()) === address);
      times.push(Math.round(performance.now() - startedMs));
    }
    console.log(`endpoints of a TCP port were used after ${times.join(', ')} ms, files read and all`);
    expect(times.sort((a, b) => a - b)[4]).toBeLessThan(500);
  });

  it('try the next endpoint when one has gone', async () => {
    saveService('echo', 'TCP', GONE, ADDRESSES[3] ?? '');
    await until(async () => (await ask.TCP()) === ADDRESSES[3]);
    await delay(1200);
    const answers = await Promise.all(Array.from({ length: 20 }, ask.TCP));
    expect(new Set(answers)).toEqual(new Set([ADDRESSES[3]]));
  });

  it('close connections at once and drop datagrams while there is no endpoint, by the same workers', async () => {
    const before = workers();
    saveBoth();
    await until(async () => ['', 'ECONNRESET'].includes(await ask.TCP()));
    const startedMs = performance.now();
    expect(['', 'ECONNRESET']).toContain(await ask.TCP());
    expect(performance.now() - startedMs).toBeLessThan(500);
    await until(async () => (await ask.UDP()) === undefined);
    expect(gate.problems().map(({ code }) => code)).toEqual(['ServiceHasNoEndpoints', 'ServiceHasNoEndpoints']);
    saveBoth(ADDRESSES[5] ?? '');
    await until(async () => (await ask.TCP()) === ADDRESSES[5] && (await ask.UDP()) === ADDRESSES[5]);
    expect(workers()).toBe(before);
  });

  it('let a client of UDP that has met nobody reach an endpoint that comes, from the same port', async () => {
    saveBoth();
    await until(async () => (await ask.UDP()) === undefined);
    const client = createSocket('udp4');
    let answer = '';
    client.on('message', (message) => (answer = message.toString()));
    await new Promise<void>((resolve) => client.connect(served.UDP, '127.0.0.1', resolve));
    client.send('x');
    await delay(300);
    saveBoth(ADDRESSES[6] ?? '');
    await until(() => {
      client.send('x');
      return answer === ADDRESSES[6];
    });
    client.close();
  });

  it('lead to another Service under load without one lost connection', async () => {
    const { counts, end } = askAllTheTime();
    for (let move = 1; move <= 3; move++) {
      const address = ADDRESSES[6 + move] ?? '';
      saveService(`echo-${move}`, 'TCP', address);
      await gate.change(() => savePorts(`echo-${move}`));
      await until(() => (counts.TCP[address] ?? 0) > 20);
    }
    await end();
    console.log(`3 moves of a port to new Services under load: ${JSON.stringify(counts)}`);
    expect(Object.keys(counts.TCP).filter((answer) => !ADDRESSES.includes(answer))).toEqual([]);
  });

  it('open a further port that has its endpoints, of which the reload says that it was for a port', async () => {
    const another = await freePort();
    const reloads = async (): Promise<readonly (readonly [string, number])[]> =>
      [...(await gate.metrics())].filter(([name]) => name.startsWith('gatehouse_reloads_total{'));
    const before = new Map(await reloads());
    savePorts('echo', { [another]: 'default/echo-1:7' });
    const answers: string[] = [];
    await until(async () => answers[answers.push(await askTcp(another, 'x')) - 1] === ADDRESSES[7]);
    // Counted when it is over; rounds for endpoints may come before.
    await until(async () => (await reloads()).some(([name, count]) => count > (before.get(name) ?? 0)));
    console.log(`a new port answered: ${JSON.stringify([...new Set(answers)])}`);
    const more = (await reloads()).filter(([name, count]) => count > (before.get(name) ?? 0));
    expect(more).toEqual([['gatehouse_reloads_total{cause="streams"}', 1 + (before.get(more[0]?.[0] ?? '') ?? 0)]]);
    // A test of a config opens its ports for a moment, long before nginx does: whoever meets that one is reset.
    expect(answers.slice(answers.lastIndexOf('ECONNREFUSED') + 1)).toEqual([ADDRESSES[7]]);
    expect(new Set(answers)).toContain('ECONNREFUSED');
  });

  it('have their endpoints with the first connection after nginx was killed', async () => {
    const before = masterId();
    const wanted = ADDRESSES[6];
    // A killed master's workers serve on until there is another, and may serve what was before the last change.
    const answers: string[] = [];
    process.kill(before, 'SIGKILL');
    await until(() => {
      try {
        return masterId() !== before;
      } catch {
        return false;
      }
    });
    await until(async () => answers[answers.push(await ask.TCP()) - 1] === wanted);
    expect(answers.filter((answer) => answer !== wanted && answer !== 'ECONNREFUSED')).toEqual([]);
  });
});

function startTcp(address: string, port: number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end((socket.address() as AddressInfo).address));
  });
  return new Promise((resolve) => server.listen(port, address, () => resolve(server)));
}

function startUdp(address: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (_, from) => socket.send(address, from.port, from.address));
  return new Promise((resolve) => socket.bind(port, address, () => resolve(socket)));
}
