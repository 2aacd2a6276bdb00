/**
 * Duty: reloads while old workers keep their connections: there are never many generations of them, no connection is cut
 * off, what needs no reload is live at once, and each reload is counted by its cause.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificate, masterIn, processWithChildren, until } from '@gatehouse/testing';
import { ask } from './harness/ask.ts';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { startGate, type Gate } from './harness/gate.ts';
import { handshake } from './harness/handshake.ts';
import { makeManifestDirectory, oneRule, type ManifestDirectory } from './harness/manifest-directory.ts';

const { certificateCache: readsCertificatesLive, upstreamResolve: hasDns } = testedCapabilities();
const HOST = 'x.example.com';
const TLS_HOST = 'tls.example.com';
const WORKERS = 2;
/** The promise. */
const MOST_GENERATIONS = 4;
const CONNECTIONS_EACH = 5;

let backend: Server;
let tunnels: Set<Socket>;
let port: number;
let directory: ManifestDirectory;
let gate: Gate;
/** Every connection that a test has begun. */
let held: Socket[];
/** Ends the looking at old workers. */
let stopWatching: () => Promise<unknown>;

beforeEach(async () => {
  [held, tunnels, stopWatching] = [[], new Set(), () => Promise.resolve()];
  backend = createServer(({ socket }, response) => response.end(socket.localAddress));
  backend.on('upgrade', (_request, socket: Socket) => {
    tunnels.add(socket);
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => backend.listen(0, '0.0.0.0', resolve));
  port = (backend.address() as AddressInfo).port;
  directory = makeManifestDirectory();
  saveEndpoint('127.0.0.1');
  await saveCertificate();
});
afterEach(async () => {
  await stopWatching();
  for (const socket of [...held, ...tunnels]) socket.destroy();
  await gate.close();
  directory.cleanUp();
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
});

async function start(shutdownTimeout: string): Promise<void> {
  const data = { 'worker-shutdown-timeout': shutdownTimeout, 'worker-processes': String(WORKERS) };
  const metadata = { namespace: 'system', name: 'settings' };
  directory.save('settings.yaml', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }]);
  saveRoute(0);
  gate = await startGate({ manifests: directory.path, flags: ['--configmap=system/settings', '--log-level=error'] });
}

/** A route `/editN` beside the one that is always there. */
function saveRoute(edit: number, tlsSecret = 'own'): void {
  directory.save('x.yaml', [
    oneRule({ name: 'always' }),
    oneRule({ name: 'secure', host: TLS_HOST, tlsSecret }),
    oneRule({ name: 'edited', path: `/edit${edit}` }),
    oneRule({ name: 'other', host: `h${edit}.example.com` }),
  ]);
}

function saveEndpoint(address: string): void {
  directory.save('web.yaml', [
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ name: 'http', port: 80 }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports: [{ name: 'http', port }],
    },
  ]);
}

/** Resolves with its serial number. */
async function saveCertificate(name = 'own'): Promise<string> {
  const { certPem, keyPem } = await makeCertificate({ hosts: [TLS_HOST] });
  const stringData = { 'tls.crt': certPem, 'tls.key': keyPem };
  directory.save(`${name}.yaml`, [
    { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name }, stringData },
  ]);
  return new X509Certificate(certPem).serialNumber;
}

/** Whether the host that comes with an edit is there. */
const isLive = async (edit: number): Promise<boolean> =>
  (await ask(gate, { ask: `GET http://h${edit}.example.com/` })).status === 200;

/** A connection like a WebSocket's, through nginx. */
async function hold(): Promise<Socket> {
  const socket = connect(gate.httpPort, '127.0.0.1').on('error', () => undefined);
  held.push(socket);
  socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toMatch(/^HTTP\/1\.1 101 /);
  return socket;
}
const holdSome = () => Promise.all(Array.from({ length: CONNECTIONS_EACH }, hold));

/** Whether what is said comes back. */
async function isAlive(socket: Socket): Promise<boolean> {
  if (socket.destroyed || socket.readableEnded) return false;
  socket.write('ping');
  const said = await Promise.race([once(socket, 'data'), once(socket, 'close'), delay(3000)]);
  return String(said) === 'ping';
}

/** How many old workers there are, as the kernel says. */
async function oldWorkers(): Promise<number> {
  const master = masterIn(gate.runtimeDirectory);
  const titles = (await processWithChildren(master)).map((id) => {
    try {
      return readFileSync(`/proc/${id}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  });
  return titles.filter((title) => title.includes('shutting down')).length;
}

/** Looks all the time, until `stopWatching`; the answer is the most that was seen so far. */
function watchOldWorkers(): { readonly workers: number; readonly generations: number } {
  const end = new AbortController();
  const most = { workers: 0, generations: 0 };
  const watching = (async () => {
    while (!end.signal.aborted) {
      most.workers = Math.max(most.workers, await oldWorkers());
      const generations = (await gate.metrics()).get('gatehouse_draining_generations') ?? NaN;
      most.generations = Math.max(most.generations, generations);
      await delay(30);
    }
  })();
  stopWatching = () => {
    end.abort();
    return watching;
  };
  return most;
}

async function reloads(): Promise<Readonly<Record<string, number>>> {
  const found = [...(await gate.metrics())].flatMap(([name, count]): [string, number][] => {
    const [, cause] = /^gatehouse_reloads_total\{cause="(\w+)"\}$/.exec(name) ?? [];
    return cause === undefined || count === 0 ? [] : [[cause, count]];
  });
  return Object.fromEntries(found);
}

describe('routes that are edited while long connections are held', () => {
  it('leave no more than four old generations, cut no connection off, and are live when connections have ended', async () => {
    await start('240s');
    const most = watchOldWorkers();
    const generations = [await holdSome()];
    let lastHeld = 0;
    for (let edit = 1; edit <= 20; edit += 1) {
      saveRoute(edit);
      for (let wait = 0; wait < 8 && lastHeld !== edit; wait += 1) {
        await delay(50);
        if (!(await isLive(edit))) continue;
        generations.push(await holdSome());
        lastHeld = edit;
      }
    }
    // None of the pauses between reloads is longer, so that what is not live now waits for old workers.
    await delay(5000);
    if (await isLive(20)) generations.push(await holdSome());
    saveRoute(21);
    await delay(1500);
    const { routes = 0 } = await reloads();
    expect(await isLive(21)).toBe(false);
    expect(gate.lastRound()).toMatchObject({ outcome: 'postponed', reloadCauses: [] });
    expect((await gate.metrics()).get('gatehouse_reload_waiting')).toBe(1);
    expect(await Promise.all(held.map(isAlive))).toEqual(held.map(() => true));
    expect(held.length).toBeGreaterThanOrEqual(3 * CONNECTIONS_EACH);

    const freedMs = performance.now();
    for (const socket of generations.slice(0, 2).flat()) socket.end();
    await until(() => isLive(21));
    const liveMs = performance.now() - freedMs;
    const left = generations.slice(2).flat();
    expect(await Promise.all(left.map(isAlive))).toEqual(left.map(() => true));
    await until(async () => (await reloads())['routes'] === routes + 1);
    await stopWatching();
    console.log(
      `21 edits, ${held.length} connections held: ${routes + 1} reloads, at most ${most.generations} old generations of ` +
        `${most.workers} workers; live ${Math.round(liveMs)} ms after connections had ended`,
    );
    expect(most.generations).toBeLessThanOrEqual(MOST_GENERATIONS);
    expect(most.generations).toBeGreaterThanOrEqual(2);
    expect(most.workers).toBeLessThanOrEqual(MOST_GENERATIONS * WORKERS);
    expect(liveMs).toBeLessThan(8000);
  }, 90_000);

  it('wait no longer than worker-shutdown-timeout, for which every connection lives', async () => {
    const LIVES_MS = 8000;
    await start('8s');
    const most = watchOldWorkers();
    const ends: number[] = [];
    const becameOldMs: number[] = [];
    let isWaiting = false;
    let edit = 0;
    while (!isWaiting && edit < 6) {
      const some = await holdSome();
      edit += 1;
      saveRoute(edit);
      const savedMs = performance.now();
      for (const socket of some) {
        socket.once('close', () => ends.push(performance.now() - savedMs));
        socket.resume();
      }
      while (!(await isLive(edit)) && !isWaiting) {
        isWaiting = (gate.lastRound().waits?.generations ?? 0) >= MOST_GENERATIONS;
        await delay(20);
      }
      becameOldMs.push(performance.now());
    }
    expect(isWaiting).toBe(true);
    const lastReloadMs = becameOldMs.at(-2) ?? 0;
    await until(() => isLive(edit));
    const waitedMs = performance.now() - lastReloadMs;
    await stopWatching();
    console.log(`live ${Math.round(waitedMs)} ms after the reload before, by a timeout of ${LIVES_MS} ms`);
    expect(waitedMs).toBeLessThan(LIVES_MS + 3000);
    expect(most.generations).toBeLessThanOrEqual(MOST_GENERATIONS);
    await until(() => ends.length >= 2 * CONNECTIONS_EACH);
    expect(Math.min(...ends)).toBeGreaterThan(LIVES_MS - 300);
  }, 90_000);
});

/** Edits until a reload waits for old workers. */
async function untilOneWaits(): Promise<void> {
  for (let edit = 1; gate.lastRound().outcome !== 'postponed' || (await isLive(edit - 1)); edit += 1) {
    await holdSome();
    saveRoute(edit);
    await until(async () => (await isLive(edit)) || gate.lastRound().outcome === 'postponed');
    await delay(4500);
    expect(edit).toBeLessThan(8);
  }
}

(hasDns && readsCertificatesLive ? describe : describe.skip)(
  'what needs no reload (on an nginx that has `resolve` and reads certificates at handshakes: 1.27.4)',
  () => {
    it('is live at once while a reload waits, and counts none', async () => {
      await start('240s');
      await untilOneWaits();
      const before = await reloads();
      const startedMs = performance.now();
      saveEndpoint('127.0.0.2');
      await until(async () => (await ask(gate, { ask: `GET http://${HOST}/` })).body === '127.0.0.2');
      const endpointMs = performance.now() - startedMs;
      const serial = await saveCertificate();
      await until(async () => (await handshake(gate, TLS_HOST)).serial === serial);
      const bothMs = performance.now() - startedMs;
      console.log(
        `while a reload waits: endpoint after ${Math.round(endpointMs)} ms, both after ${Math.round(bothMs)} ms`,
      );
      expect(bothMs).toBeLessThan(3000);
      expect(gate.lastRound().outcome).toBe('postponed');
      expect(await reloads()).toEqual(before);
      expect(await Promise.all(held.map(isAlive))).toEqual(held.map(() => true));
    }, 90_000);

    it('is the end of a key whose Secret is deleted while a reload waits, and none of one that has another name', async () => {
      await start('240s');
      await untilOneWaits();
      const serial = await saveCertificate();
      await until(async () => (await handshake(gate, TLS_HOST)).serial === serial);
      const another = await saveCertificate('another');
      saveRoute(98, 'another');
      await until(async () => (await handshake(gate, TLS_HOST)).serial === another);
      directory.remove('own.yaml');
      directory.remove('another.yaml');
      const startedMs = performance.now();
      await until(async () => ![serial, another].includes((await handshake(gate, TLS_HOST)).serial));
      expect(performance.now() - startedMs).toBeLessThan(3000);
      expect(gate.lastRound().outcome).toBe('postponed');
      const back = await saveCertificate();
      saveRoute(97);
      await until(async () => (await handshake(gate, TLS_HOST)).serial === back);
    }, 90_000);

    it('counts no reload when nothing waits', async () => {
      await start('240s');
      expect(await reloads()).toEqual({ start: 1 });
      for (const address of ['127.0.0.3', '127.0.0.4']) {
        saveEndpoint(address);
        await until(async () => (await ask(gate, { ask: `GET http://${HOST}/` })).body === address);
      }
      const serial = await saveCertificate();
      await until(async () => (await handshake(gate, TLS_HOST)).serial === serial);
      expect(await reloads()).toEqual({ start: 1 });
    });
  },
);

describe('a reload', () => {
  it('is counted by what has changed, with the time of it', async () => {
    await start('240s');
    const beganSeconds = Date.now() / 1000;
    expect(await reloads()).toEqual({ start: 1 });
    await gate.change(() => saveRoute(1));
    await until(() => isLive(1));
    await until(async () => (await reloads())['routes'] === 1);
    const metadata = { namespace: 'system', name: 'settings' };
    const data = { 'worker-shutdown-timeout': '60s' };
    directory.save('settings.yaml', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }]);
    await until(async () => (await reloads())['settings'] === 1);
    saveEndpoint('127.0.0.2');
    await until(async () => (await ask(gate, { ask: `GET http://${HOST}/` })).body === '127.0.0.2');
    if (!hasDns) await until(async () => (await reloads())['endpoints'] === 1);
    await delay(300);
    expect(await reloads()).toEqual({ start: 1, routes: 1, settings: 1, ...(hasDns ? {} : { endpoints: 1 }) });
    const metrics = await gate.metrics();
    expect(metrics.get('gatehouse_last_reload_timestamp_seconds')).toBeGreaterThan(beganSeconds - 1);
    expect(metrics.get('gatehouse_reload_refused_total')).toBe(0);
    expect(metrics.get('gatehouse_reloads_total{cause="streams"}')).toBe(0);
  }, 20_000);
});
