import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter } from 'prom-client';
import { createMetricsRegistry } from './health.ts';
import { serve, type ServeOptions, type Serving } from './serve.ts';

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const reasons: string[] = [];
let serving: Serving | undefined;

afterEach(async () => {
  await serving?.close(0);
  serving = undefined;
  reasons.length = 0;
});

async function start(ports: { port: number; healthPort: number }, changes: Partial<ServeOptions> = {}) {
  const metrics = createMetricsRegistry();
  new Counter({ name: 'asked_total', help: 'Requests', registers: [metrics] }).inc(3);
  serving = await serve({
    app: (request, response) => response.end(`app ${request.url ?? ''}`),
    host: '127.0.0.1',
    logger,
    health: { unreadyReasons: () => reasons, metrics },
    ...ports,
    ...changes,
  });
  return serving;
}

async function get(port: number, path: string) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('health checks on a port of their own', () => {
  it('answer there and nowhere else', async () => {
    const { port, healthPort } = await start({ port: 0, healthPort: 0 });
    expect(healthPort).not.toBe(port);
    expect(await get(healthPort, '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get(port, '/healthz')).toMatchObject({ status: 200, text: 'app /healthz' });
    expect(await get(healthPort, '/other')).toMatchObject({ status: 404, text: 'not found\n' });
  });

  it('say what ails the program, also on the path that somebody named', async () => {
    const ailments: string[] = [];
    const health = { unreadyReasons: () => [], ailments: () => ailments, metrics: createMetricsRegistry() };
    const { healthPort } = await start(
      { port: 0, healthPort: 0 },
      { health: { ...health, healthPath: '/health.check/nginx' } },
    );
    for (const path of ['/healthz', '/health.check/nginx'])
      expect(await get(healthPort, path)).toMatchObject({ status: 200 });
    expect(await get(healthPort, '/healthXcheck/nginx')).toMatchObject({ status: 404 });
    ailments.push('shutting down');
    for (const path of ['/healthz', '/health.check/nginx']) {
      expect(await get(healthPort, path)).toMatchObject({ status: 503, text: 'shutting down\n' });
    }
    expect(await get(healthPort, '/readyz')).toMatchObject({ status: 200 });
  });

  it('say why the program is not ready', async () => {
    const { healthPort } = await start({ port: 0, healthPort: 0 });
    expect(await get(healthPort, '/readyz')).toMatchObject({ status: 200, text: 'ok\n' });
    reasons.push('no objects yet', 'no certificate');
    expect(await get(healthPort, '/readyz')).toMatchObject({ status: 503, text: 'no objects yet\nno certificate\n' });
    expect(await get(healthPort, '/healthz')).toMatchObject({ status: 200 });
  });

  it('show the metrics of the registry and of the process', async () => {
    const { healthPort } = await start({ port: 0, healthPort: 0 });
    const { text, type } = await get(healthPort, '/metrics');
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^asked_total 3$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
  });

  it('say that the program is ending while requests still run', async () => {
    let finish = (): void => {};
    const { port, healthPort, close } = await start(
      { port: 0, healthPort: 0 },
      { app: (_request, response) => (finish = () => response.end('done')) },
    );
    const running = get(port, '/');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closing = close(5_000);
    expect(await get(healthPort, '/readyz')).toMatchObject({ status: 503, text: 'shutting down\n' });
    finish();
    expect(await running).toMatchObject({ text: 'done' });
    await closing;
    await expect(get(healthPort, '/healthz')).rejects.toThrow();
  });
});

describe('health checks on the port of the app', () => {
  it('answer before the app', async () => {
    const port = await freePort();
    const same = await start({ port, healthPort: port });
    expect([same.port, same.healthPort]).toEqual([port, port]);
    expect(await get(port, '/healthz')).toMatchObject({ text: 'ok\n' });
    expect(await get(port, '/other?x=1')).toMatchObject({ text: 'app /other?x=1' });
  });

  it('leave to the app what is no health check', async () => {
    const port = await freePort();
    const isHealthCheck: ServeOptions['isHealthCheck'] = ({ headers }) => headers['x-mine'] === undefined;
    await start({ port, healthPort: port }, { isHealthCheck });
    const mine = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { 'x-mine': '1' } });
    expect(await mine.text()).toBe('app /healthz');
    expect(await get(port, '/healthz')).toMatchObject({ text: 'ok\n' });
  });
});

describe('starting', () => {
  it('leaves nothing open when the second port is taken', async () => {
    const taken = await start({ port: 0, healthPort: 0 });
    const port = await freePort();
    await expect(
      serve({
        app: () => {},
        host: '127.0.0.1',
        logger,
        port,
        healthPort: taken.port,
        health: { unreadyReasons: () => [], metrics: createMetricsRegistry() },
      }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(get(port, '/')).rejects.toThrow();
  });
});
