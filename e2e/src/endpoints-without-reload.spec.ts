/**
 * Duty: that endpoints reach nginx without a reload, all the way from the objects, and are there whatever ends.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { masterIn, until, workersIn } from '@gatehouse/testing';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { startGate, type Gate } from './harness/gate.ts';
import { makeManifestDirectory, oneRule, type ManifestDirectory } from './harness/manifest-directory.ts';

/** An endpoint that takes a request, and dies with it a moment later. */
const DYING = '127.0.0.66';
/** Is answered with more headers than nginx takes. */
const LARGE = '/large';

const canResolve = testedCapabilities().upstreamResolve;

(canResolve ? describe : describe.skip)('endpoints without a reload (on an nginx that has `resolve`: 1.27.3)', () => {
  let backend: Server;
  let port: number;
  let directory: ManifestDirectory;
  let gate: Gate;
  const seenPaths: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });

  /** Every address of loopback is an endpoint of its own: the backend says at which it was asked. */
  const saveEndpoints = (...addresses: readonly string[]): void => saveService('web', ...addresses);
  const saveService = (name: string, ...addresses: readonly string[]): void => {
    directory.save(`${name}.yaml`, [
      { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ name: 'http', port: 80 }] } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-slice`, labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        endpoints: addresses.map((address) => ({ addresses: [address] })),
        ports: [{ name: 'http', port }],
      },
    ]);
  };
  /** The address that answered, or the status, or what went wrong. */
  const ask = (path = '/', method = 'GET'): Promise<string> =>
    new Promise((resolve) => {
      const asked = request(
        { host: '127.0.0.1', port: gate.httpPort, path, method, agent, headers: { host: 'x.example.com' } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => (text += part));
          answer.once('close', () => resolve(answer.statusCode === 200 ? text : String(answer.statusCode)));
        },
      );
      asked.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error')).end();
    });
  /** Four clients, and how often each answer came. */
  const askAllTheTime = () => {
    const counts: Record<string, number> = {};
    let isOver = false;
    const load = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await ask();
        counts[answer] = (counts[answer] ?? 0) + 1;
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
    backend = createServer(({ socket, url = '' }, response) => {
      seenPaths.push(url);
      if (url === LARGE) response.setHeader('Set-Cookie', 'x'.repeat(9000));
      if (socket.localAddress === DYING) setTimeout(() => socket.destroy(), 700);
      else response.end(socket.localAddress);
    });
    await new Promise<void>((resolve) => backend.listen(0, '0.0.0.0', resolve));
    port = (backend.address() as AddressInfo).port;
    directory = makeManifestDirectory();
    saveEndpoints('127.0.0.1');
    directory.save('x.yaml', [oneRule()]);
    gate = await startGate({ manifests: directory.path });
  });

  afterAll(async () => {
    agent.destroy();
    await gate.close();
    directory.cleanUp();
    backend.closeAllConnections();
    await new Promise((resolve) => backend.close(resolve));
  });

  it('are there with the first request', async () => {
    expect(await ask()).toBe('127.0.0.1');
  });

  it('change while the same workers run the same configuration', async () => {
    const [{ digest }, before] = [gate.lastRound(), workers()];
    const round = await gate.change(() => saveEndpoints('127.0.0.2', '127.0.0.3'));
    expect(round).toMatchObject({ outcome: 'unchanged', digest });
    const seen = new Set<string>();
    await until(async () => seen.add(await ask()).has('127.0.0.2') && seen.has('127.0.0.3'));
    await gate.change(() => saveEndpoints('127.0.0.3'));
    await until(async () => (await Promise.all([ask(), ask(), ask()])).every((answer) => answer === '127.0.0.3'));
    expect(workers()).toBe(before);
  });

  it('come and go under load without one lost request', async () => {
    const before = workers();
    const { counts, end } = askAllTheTime();
    for (let change = 0; change < 20; change++) {
      saveEndpoints(...[1, 2, 3].map((offset) => `127.0.0.${10 + ((change + offset) % 7)}`));
      await delay(change % 4 === 0 ? 1200 : 150);
    }
    await end();
    const lost = Object.keys(counts).filter((answer) => !answer.startsWith('127.0.0.'));
    console.log(`20 changes of endpoints under load: ${JSON.stringify(counts)}`);
    expect(lost).toEqual([]);
    expect(Object.keys(counts).length).toBeGreaterThan(4);
    expect(workers()).toBe(before);
  });

  it('are answered for with 503 when there are none, and used when there are some again, by the same workers', async () => {
    const before = workers();
    saveEndpoints();
    await until(async () => (await ask()) === '503');
    saveEndpoints('127.0.0.5');
    await until(async () => (await ask()) === '127.0.0.5');
    expect(workers()).toBe(before);
  });

  it('are there with the first request after nginx was killed', async () => {
    const before = masterId();
    const answers: string[] = [];
    process.kill(before, 'SIGKILL');
    await until(async () => {
      const answer = await ask();
      answers.push(answer);
      return answer === '127.0.0.5' && masterId() !== before;
    });
    const unexpected = answers.filter(
      (answer) => !['127.0.0.5', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(answer),
    );
    expect(unexpected).toEqual([]);
  });

  it('change while a request is on its first try, which fails: it gets a second one, with its path', async () => {
    const paths = { '/': '127.0.0.8', '/old/x?y=1': '127.0.0.8' };
    for (const [path, wanted] of Object.entries(paths)) {
      saveEndpoints(DYING, '127.0.0.8');
      await delay(2500);
      const asked = Array.from({ length: 8 }, () => ask(path));
      await delay(200);
      saveEndpoints('127.0.0.8');
      expect(new Set(await Promise.all(asked))).toEqual(new Set([wanted]));
      await delay(1200);
    }
  });

  it.each([
    ['a path that nginx would change', '/a%2Fb', 'GET', ['/a%2Fb']],
    ['a path that nginx would shorten', '/a//b/../c', 'GET', ['/a//b/../c']],
    ['a request that may not be sent twice', '/once', 'POST', ['/once']],
  ])('change and have no endpoint asked anew for %s', async (_, path, method, wanted) => {
    saveEndpoints(DYING, '127.0.0.8');
    await delay(1500);
    seenPaths.length = 0;
    const asked = Array.from({ length: 8 }, () => ask(path, method));
    await delay(200);
    saveEndpoints('127.0.0.8');
    const answers = new Set(await Promise.all(asked));
    expect([...answers].sort()).toEqual(['127.0.0.8', '502']);
    expect([...new Set(seenPaths)]).toEqual(wanted);
    expect(seenPaths).toHaveLength(8);
    await delay(1200);
  });

  it('has no request run twice whose answer had begun', async () => {
    saveEndpoints('127.0.0.8');
    await until(async () => (await ask()) === '127.0.0.8');
    seenPaths.length = 0;
    expect(await ask(LARGE)).toBe('502');
    expect(seenPaths).toEqual([LARGE]);
  });

  it('are there when a path moves to a Service that nobody had asked for before', async () => {
    const { counts, end } = askAllTheTime();
    for (let move = 1; move <= 5; move++) {
      saveService(`web-${move}`, `127.0.1.${move}`);
      await gate.change(() => directory.save('x.yaml', [oneRule({ service: `web-${move}` })]));
      await until(() => (counts[`127.0.1.${move}`] ?? 0) > 20);
    }
    await end();
    console.log(`5 moves to new Services under load: ${JSON.stringify(counts)}`);
    expect(Object.keys(counts).filter((answer) => !answer.startsWith('127.0.'))).toEqual([]);
  });
});
