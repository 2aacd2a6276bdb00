import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeApiServer, type KubeJson } from '@gatehouse/testing';

const SLICES = 2000;
/** As many as a slice has at most in a cluster that nobody has tuned. */
const ENDPOINTS = 100;
const LIST_MIB = 50;
/** Four pages; all in one piece, a list like that takes 250 MiB, and nothing else runs for three quarters of the time. */
const MOST_GROWTH_MIB = 200;
const MOST_KEPT_MIB = 80;
const MOST_BLOCKED_SHARE = 0.5;
/** The heap that the controller's container gives it. */
const AS_DEPLOYED = ['--max-semi-space-size=8', '--max-old-space-size=384'];

/** A source in a process of its own: the memory and the time of this one are the server's, too. */
const PROGRAM = `
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  import { readFileSync } from 'node:fs';
  import { connectKubeApi, createKubeSource } from '@gatehouse/kube-client';
  import { RecordingLogger, systemClock } from '@gatehouse/testing';
  const peakMiB = () => Number(/^VmHWM:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  const logger = new RecordingLogger();
  const api = await connectKubeApi({ apiServerHost: process.argv[1], logger });
  const source = createKubeSource({
    api, logger, clock: systemClock, jitter: Math.random, watchNamespace: '', kinds: ['EndpointSlice'], configMaps: [],
    services: [], secretsOf: () => new Set(),
  });
  const before = peakMiB();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const began = performance.now();
  await source.start(() => source.snapshot());
  const listMs = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const endpoints = [...source.snapshot().endpointSlices.values()].flat().reduce((sum, slice) => sum + slice.endpoints.length, 0);
  const peak = peakMiB();
  globalThis.gc();
  process.stdout.write(JSON.stringify({
    slices: source.snapshot().endpointSlices.size, endpoints, growthMiB: peak - before,
    heapMiB: process.memoryUsage().heapUsed / 1024 / 1024, blockedMs: delay.max / 1e6, listMs,
  }));
  await source.stop();
  await api.close();
`;

interface Measured {
  readonly slices: number;
  readonly endpoints: number;
  /** How much higher resident memory has ever been than before the list. */
  readonly growthMiB: number;
  /** What is in use afterwards. */
  readonly heapMiB: number;
  /** The longest time in which nothing else could run, … */
  readonly blockedMs: number;
  /** … of the time that it took in all. */
  readonly listMs: number;
}

describe(`a list of ${LIST_MIB} MiB`, () => {
  const fake = new FakeApiServer();

  beforeAll(async () => {
    let bytes = 0;
    for (let slice = 0; slice < SLICES; slice += 1) bytes += JSON.stringify(fake.put(largeSlice(slice))).length;
    expect(bytes / 1024 / 1024).toBeGreaterThan(LIST_MIB);
    await fake.start();
  }, 60_000);

  afterAll(() => fake.stop());

  it('is read in pages: neither does it stand in memory as a whole, nor does anybody wait for it', async () => {
    const measured = await readIt(fake.url);
    expect(measured).toMatchObject({ slices: SLICES, endpoints: SLICES * ENDPOINTS });
    expect(measured.growthMiB).toBeLessThan(MOST_GROWTH_MIB);
    expect(measured.heapMiB).toBeLessThan(MOST_KEPT_MIB);
    expect(measured.blockedMs / measured.listMs).toBeLessThan(MOST_BLOCKED_SHARE);
  }, 60_000);
});

/** As the endpoints controller writes them. */
function largeSlice(slice: number): KubeJson {
  const name = `service-${slice}`;
  const endpoints = Array.from({ length: ENDPOINTS }, (_, pod) => ({
    addresses: [`10.${slice >> 8}.${slice & 255}.${pod + 1}`],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: `node-${pod}.compute.example.internal`,
    targetRef: {
      kind: 'Pod',
      namespace: 'default',
      name: `${name}-7d9c6b5f4d-${String(pod).padStart(5, '0')}`,
      uid: `0b6c1f6e-8f1e-4d0a-9a55-${String(slice * ENDPOINTS + pod).padStart(12, '0')}`,
    },
    zone: `zone-${pod % 3}`,
  }));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-abcde`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

async function readIt(url: string): Promise<Measured> {
  const child = spawn(
    process.execPath,
    [...AS_DEPLOYED, '--expose-gc', '--input-type=module', '--eval', PROGRAM, url],
    {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(text) as Measured;
}
