import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { slowBackend, type SlowBackend } from '@gatehouse/testing';
import { ask } from '../harness/ask.ts';
import { startEchoBackend } from '../harness/echo-backend.ts';
import { oneRule, serviceOnLoopback } from '../harness/manifest-directory.ts';
import { hold, lostRequests } from './fault-figure.ts';
import { openScene, type Scene } from './scene.ts';

const READ_TIMEOUT_S = 1;
const SECONDS = 4;
/** What a busy machine does to the slowest answers by itself. */
const NOISE_MS = 250;
/** Requests to each backend that is down, all of them at a time. */
const CLIENTS = 20;

describe('a backend that is down', () => {
  let scene: Scene;
  let hung: SlowBackend;
  beforeEach(async () => {
    hung = await slowBackend();
    const gone = await startEchoBackend({ name: 'gone' });
    await gone.close();
    const annotations = { 'proxy-read-timeout': String(READ_TIMEOUT_S) };
    scene = await openScene({
      objects: {
        gone: [
          ...serviceOnLoopback('gone', gone.port),
          oneRule({ name: 'gone', host: 'gone.example.com', service: 'gone' }),
        ],
        hung: [
          ...serviceOnLoopback('hung', hung.port),
          oneRule({ name: 'hung', host: 'hung.example.com', service: 'hung', annotations }),
        ],
      },
    });
  });
  afterEach(async () => {
    await scene.close();
    hung.server.closeAllConnections();
    hung.server.close();
  });

  it('is told of in time, and nobody else loses a request or waits', async () => {
    const quiet = scene.startTraffic();
    await quiet.during(SECONDS);
    const before = await quiet.stop();
    const traffic = scene.startTraffic();
    const beganMs = performance.now();
    const timesMs = { gone: 0, hung: 0 };
    const askOnAndOn = async (name: 'gone' | 'hung', status: number): Promise<void> => {
      while (performance.now() - beganMs < SECONDS * 1000) {
        const askedMs = performance.now();
        const answer = await ask(scene.gate, { ask: `GET http://${name}.example.com/` });
        timesMs[name] = Math.max(timesMs[name], performance.now() - askedMs);
        expect([name, answer.status]).toEqual([name, status]);
        await traffic.during(0.2);
      }
    };
    const clients = Array.from({ length: CLIENTS }, () => [askOnAndOn('gone', 502), askOnAndOn('hung', 504)]);
    await Promise.all(clients.flat());
    const result = await traffic.stop();
    // Both of them, who asks and nginx, share a machine: what is promised is that nobody waits for the others' backends.
    hold('backend-down', [
      lostRequests('two backends of others that are down', result),
      { name: 'an error is told after', unit: 'ms', measured: timesMs.gone, bar: { atMost: 1000 } },
      { name: 'a time-out of 1 s is told after', unit: 'ms', measured: timesMs.hung, bar: { atMost: 2500 } },
      {
        name: 'other routes, 99 of 100 answers within',
        unit: 'ms',
        measured: result.p99Ms,
        bar: { atMost: Math.max(NOISE_MS, Math.round(before.p99Ms * 1.1)) },
        note: `${Math.round(before.p99Ms)} ms before`,
      },
    ]);
  });
});

describe('a default backend that is down', () => {
  it('is answered for with 404, and nobody else notices', async () => {
    const backend = await startEchoBackend({ name: 'errors' });
    const scene = await openScene({
      flags: ['--default-backend-service=default/errors'],
      objects: { errors: serviceOnLoopback('errors', backend.port) },
    });
    const status = async (): Promise<number> =>
      (await ask(scene.gate, { ask: 'GET http://nobody.example.com/' })).status;
    try {
      const traffic = scene.startTraffic();
      expect(await status()).toBe(200);
      await backend.close();
      let [slowestMs, wrong, asked] = [0, 0, 0];
      const askFor = async (seconds: number): Promise<void> => {
        const beganMs = performance.now();
        while (performance.now() - beganMs < seconds * 1000) {
          const askedMs = performance.now();
          if ((await status()) !== 404) wrong += 1;
          asked += 1;
          slowestMs = Math.max(slowestMs, performance.now() - askedMs);
          await traffic.during(0.01);
        }
      };
      await askFor(2);
      // Then Kubernetes says so, too.
      await scene.gate.change(() => void scene.apply('errors', serviceOnLoopback('errors', 1).slice(0, 1)));
      await askFor(1);
      hold('default-backend-down', [
        lostRequests('a default backend that is down', await traffic.stop()),
        { name: 'other answers than 404', unit: 'count', measured: wrong, bar: { atMost: 0 }, note: `of ${asked}` },
        { name: '404 within', unit: 'ms', measured: slowestMs, bar: { atMost: 1000 } },
      ]);
    } finally {
      await scene.close();
      await backend.close().catch(() => undefined);
    }
  });
});
