import { createHttpApp, answerErrors } from '@gatehouse/http';
import { systemClock } from '@gatehouse/logging';
import { connectRaw, RecordingLogger, until } from '@gatehouse/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createIntake, defaultIntakeLimits, type Intake, type IntakeLimits } from './intake.ts';

const open: Server[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((end) => server.close(end).closeAllConnections())));
});

/** A server whose act is to hold the process for as many milliseconds as the first byte of a body says. */
async function start(limits: Partial<IntakeLimits> = {}) {
  const intake = createIntake({ ...defaultIntakeLimits, ...limits }, systemClock);
  const acted: number[] = [];
  const app = createHttpApp();
  app.post('/', async (request, response) => {
    const size = await intake.take({ request, response }, (body) => {
      const untilMs = performance.now() + (body[0] ?? 0);
      while (performance.now() < untilMs);
      acted.push(body.length);
      return body.length;
    });
    response.send(`did ${size}`);
  });
  app.use(answerErrors(new RecordingLogger()));
  const server = createServer(app).listen(0, '127.0.0.1');
  open.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { intake, acted, port };
}

async function post(port: number, size: number, { holdMs = 0, timeout = '5s' } = {}) {
  const body = new Uint8Array(size);
  body[0] = holdMs;
  const startedMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/?timeout=${timeout}`, { method: 'POST', body });
  return { status: response.status, text: await response.text(), tookMs: performance.now() - startedMs };
}

/** Has sent 100 KB of a body of 200 KB, and keeps the rest. */
async function hold(port: number, intake: Intake, count: number) {
  const head = 'POST /?timeout=5s HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n';
  const clients = await Promise.all(Array.from({ length: count }, () => connectRaw(port)));
  clients.forEach((client) => client.send(head + '\0'.repeat(100_000)));
  await until(() => intake.inFlight() === count);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return clients;
}

describe('large bodies', () => {
  it('wait for room, and have it when another one is done', async () => {
    const { port, intake } = await start({ maxConcurrentReviews: 1 });
    const [holder] = await hold(port, intake, 1);
    const waiting = post(port, 200_000);
    await until(() => intake.inFlight() === 2);
    holder?.send('\0'.repeat(100_000));
    await holder?.untilReceived('did 200000');
    expect(await waiting).toMatchObject({ status: 200, text: 'did 200000' });
    expect(intake.inFlight()).toBe(0);
  });

  it('are answered 503 when there was no room in time, while small ones need none', async () => {
    const { port, intake } = await start({ maxConcurrentReviews: 2 });
    await hold(port, intake, 2);
    const waiting = post(port, 200_000, { timeout: '500ms' });
    expect((await post(port, 64 * 1024)).status).toBe(200);
    expect(await waiting).toMatchObject({ status: 503, text: 'there was no room for the body within 450 ms\n' });
  });

  it('give their room back when their clients go', async () => {
    const { port, intake } = await start({ maxConcurrentReviews: 1 });
    const [holder] = await hold(port, intake, 1);
    const waiting = post(port, 200_000);
    await until(() => intake.inFlight() === 2);
    holder?.socket.destroy();
    expect((await waiting).status).toBe(200);
  });
});

describe('a queue that is too long', () => {
  it('has answers in time for all: those that could not begin are told so', async () => {
    const { port, acted } = await start();
    const clients = await Promise.all(Array.from({ length: 30 }, () => connectRaw(port)));
    const request = 'POST /?timeout=1s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nd';
    clients.forEach((client) => client.send(request));
    const answers = await Promise.all(clients.map((client) => client.untilClosed()));
    const done = answers.filter(({ text }) => text.includes('did 1'));
    const late = answers.filter(({ text }) => text.startsWith('HTTP/1.1 504 '));
    expect(done.length + late.length).toBe(30);
    expect(done.length).toBeGreaterThan(0);
    expect(late.length).toBeGreaterThan(10);
    expect(late[0]?.text).toMatch(/the review could not begin within 900 ms\n$/);
    // Nothing was begun for those.
    expect(acted).toHaveLength(done.length);
  }, 20_000);

  it('keeps hundreds of small ones waiting no longer than one large one takes', async () => {
    const { port, acted } = await start();
    const large = post(port, 3_000_000, { holdMs: 250 });
    const small = await Promise.all(Array.from({ length: 200 }, () => post(port, 10)));
    expect(small.every(({ status }) => status === 200)).toBe(true);
    expect((await large).status).toBe(200);
    expect(acted).toHaveLength(201);
  }, 20_000);

  it('is left by whoever does not wait any more', async () => {
    const { port, acted, intake } = await start({ maxConcurrentReviews: 1 });
    const [gone] = await hold(port, intake, 1);
    const client = await connectRaw(port);
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n${'\0'.repeat(100_000)}`);
    await until(() => intake.inFlight() === 2);
    client.socket.destroy();
    await until(() => intake.inFlight() === 1);
    gone?.socket.destroy();
    await until(() => intake.inFlight() === 0);
    expect(acted).toEqual([]);
  });
});
