import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timeUntil } from './faults/scene.ts';
import { startTraffic } from './faults/traffic.ts';
import { ask } from './harness/ask.ts';
import { testedCapabilities } from './harness/bare-nginx.ts';
import { startEchoBackend, type EchoBackend } from './harness/echo-backend.ts';
import { startGate, type Gate } from './harness/gate.ts';
import {
  makeManifestDirectory,
  oneRule,
  serviceOnLoopback,
  type ManifestDirectory,
} from './harness/manifest-directory.ts';
import { REFUSED_PATH, writeRefusingNginx } from './harness/refusing-nginx.ts';

/** Changed together with the bad one: it is one of so many that it has to be found among. */
const CHANGED = 32;
/** A test of a large configuration takes so long; the search for the bad one some of them, one after another. */
const TEST_MS = 100;
const FEWEST_TESTS = 6;
/** nginx pauses for a second when the same Service changes again. */
const ENDPOINTS_WITHIN_MS = 2000;
/** The promise for another's route, though it waits for the search. */
const ROUTE_WITHIN_MS = 5000;

const canResolve = testedCapabilities().upstreamResolve;

(canResolve ? describe : describe.skip)('a bad Ingress that nginx names no line of, endpoints by DNS', () => {
  const tools = mkdtempSync(join(tmpdir(), 'refusing-'));
  let directory: ManifestDirectory;
  let pods: readonly EchoBackend[];
  let gate: Gate;

  beforeAll(async () => {
    directory = makeManifestDirectory();
    pods = await Promise.all(['pod-0', 'pod-1'].map((name) => startEchoBackend({ name })));
    writeRefusingNginx(join(tools, 'nginx'), TEST_MS);
    serveBy(0);
    directory.save('x.yaml', [oneRule()]);
    gate = await startGate({ manifests: directory.path, flags: [`--nginx-binary=${join(tools, 'nginx')}`] });
  });

  afterAll(async () => {
    await gate.close();
    await Promise.all(pods.map((pod) => pod.close()));
    directory.cleanUp();
    rmSync(tools, { recursive: true });
  });

  const serveBy = (at: number): void => directory.save('web.yaml', serviceOnLoopback('web', pods[at]?.port ?? 0));
  const answerOf = async (host: string): Promise<string> => {
    const { status, body } = await ask(gate, { ask: `GET http://${host}.example.com/` });
    return status === 200 ? (JSON.parse(body) as { backend: string }).backend : String(status);
  };

  it('is found among many, while endpoints and routes of others change in their time', async () => {
    const traffic = startTraffic(gate);
    const roundBefore = gate.lastRound();
    const changed = Array.from({ length: CHANGED }, (_, at) => `changed-${at}`);
    directory.save('changed.yaml', [
      ...changed.map((name) => oneRule({ name, host: `${name}.example.com` })),
      oneRule({ name: 'bad', host: 'bad.example.com', path: REFUSED_PATH }),
    ]);
    const beganMs = performance.now();
    const endpointsMs: number[] = [];
    let routeMs: Promise<number> | undefined;
    while (gate.lastRound() === roundBefore) {
      const at = (endpointsMs.length + 1) % pods.length;
      serveBy(at);
      endpointsMs.push(await timeUntil(async () => (await answerOf('x')) === `pod-${at}`));
      if (routeMs === undefined) {
        directory.save('other.yaml', [oneRule({ name: 'other', host: 'other.example.com' })]);
        routeMs = timeUntil(async () => (await answerOf('other')).startsWith('pod'));
      }
    }
    const searchMs = performance.now() - beganMs;
    const otherMs = await routeMs;
    const { failures } = await traffic.stop();
    expect(searchMs).toBeGreaterThan(FEWEST_TESTS * TEST_MS);
    expect(gate.problems().map(({ code, object }) => [code, object.name])).toEqual([['ConfigRejected', 'bad']]);
    expect(await Promise.all(changed.map(answerOf))).toEqual(changed.map(() => expect.stringMatching(/^pod-/)));
    expect(await answerOf('bad')).toBe('404');
    expect(endpointsMs.length).toBeGreaterThan(1);
    expect(Math.max(...endpointsMs)).toBeLessThan(ENDPOINTS_WITHIN_MS);
    expect(otherMs).toBeLessThan(ROUTE_WITHIN_MS);
    expect(failures).toEqual({});
  });
});
