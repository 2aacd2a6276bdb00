import { connectRaw } from '@gatehouse/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'node:http';
import { createHttpServer, type HttpServer } from './http-server.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let server: HttpServer;

afterEach(() => server.close(0));

async function start(): Promise<number> {
  server = createHttpServer({
    app: (_request, response) => void setTimeout(() => response.end('hello'), 5),
    logger: silent,
  });
  return server.listen({ host: '127.0.0.1', port: 0 });
}

/** Resolves when a request was answered. */
function ask(port: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent, method: 'POST' }, (response) => {
      response.resume().once('end', () => resolve());
    })
      .on('error', reject)
      .end('body');
  });
}

describe('a server that serves on before it ends', () => {
  it('loses no request until its clients know, whether they keep their connections or make new ones', async () => {
    const port = await start();
    const agents = [new Agent({ keepAlive: true, maxSockets: 8 }), new Agent({ keepAlive: false })];
    const asked: Promise<void>[] = [];
    const tick = setInterval(() => asked.push(...agents.map((agent) => ask(port, agent))), 20);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const startedMs = performance.now();
    // As kube-proxy does when the Pod is not ready any more.
    setTimeout(() => clearInterval(tick), 500);
    await server.close(2000, 1000);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(500);
    await Promise.all(asked);
    expect(asked.length).toBeGreaterThan(40);
    agents.forEach((agent) => agent.destroy());
  });

  it('ends at once when nobody is there, and soon when everybody has gone', async () => {
    await start();
    const startedMs = performance.now();
    await server.close(5000, 5000);
    expect(performance.now() - startedMs).toBeLessThan(200);
    const port = await start();
    const client = await connectRaw(port);
    const closing = server.close(5000, 5000);
    client.socket.end();
    await closing;
    expect(performance.now() - startedMs).toBeLessThan(3000);
  });

  it('ends at once when it is told so meanwhile', async () => {
    const port = await start();
    const client = await connectRaw(port);
    const closing = server.close(60_000, 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedMs = performance.now();
    await server.close(0);
    await closing;
    await client.untilClosed();
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});
