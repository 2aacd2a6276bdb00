/**
 * Duty: the figures of the gate: how long a review takes and how many there can be, by how much is in the cluster, while
 * the cluster changes.
 */
import { connectKubeApi, type KubeApi } from '@gatehouse/kube-client';
import { apiServerAssets, freePort, RecordingLogger, startApiServer, type ApiServer } from '@gatehouse/testing';
import { buildBundle, startProgram, type BundledProgram } from '../bundled-program.ts';
import { makeSurroundings, patch } from '../cluster/objects.ts';
import { clearCore, goFirst } from '../cores.ts';
import { atEvenRate } from '../even-rate.ts';
import { percentile, type Figure, type Measured } from '../figure.ts';
import { Asker, type Answered } from './asker.ts';
import { applicationIngress, growWorld } from './gate-world.ts';
import { prepareReviews } from './reviews.ts';
import { measureWorstCases } from './worst-cases.ts';

const SIZES = [100, 1000, 5000, 10_000];
/** The bars are those of this many Ingresses. */
const LARGEST = 10_000;
const REVIEWS = 400;
const PER_SECOND = 200;
const WARM_SECONDS = 5;
const SECONDS = 20;
const CHANGES_PER_SECOND = 20;
const AT_ONCE = 8;
const FULL_SPEED_SECONDS = 8;

export async function* measureAdmission(): AsyncIterable<Measured> {
  if (apiServerAssets() === undefined) {
    yield { name: 'the gate on an API server', why: 'KUBEBUILDER_ASSETS names no directory with kube-apiserver' };
    return;
  }
  buildBundle('admission-webhook');
  const core = clearCore();
  if (core === undefined) yield { name: 'the gate on a core of its own', why: 'there is one core, or no taskset' };
  const server = await startApiServer();
  if (!goFirst())
    yield { name: 'the gate before the API server', why: 'real time is not allowed, or there is no chrt' };
  const api = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger: new RecordingLogger() });
  try {
    await makeSurroundings(api);
    const p99s: number[] = [];
    for (const [index, ingresses] of SIZES.entries()) {
      await growWorld(api, { from: SIZES[index - 1] ?? 0, to: ingresses });
      const gate = await startGate(server, core);
      try {
        const observed = await observe(gate, api, ingresses);
        yield* figuresOf(ingresses, observed);
        p99s.push(percentile(observed.times, 0.99));
        if (ingresses === LARGEST) yield* measureWorstCases(api, gate.asker);
      } finally {
        gate.asker.close();
        await gate.program.close();
      }
    }
    const name = `a review, 99 of 100, ${inWords(LARGEST)} against ${inWords(100)}`;
    yield { name, unit: 'ratio', measured: (p99s.at(-1) ?? Number.NaN) / (p99s[0] ?? 0), bar: { atMost: 2 } };
  } finally {
    await api.close();
    await server.stop();
  }
}

interface Gate {
  readonly program: BundledProgram;
  readonly asker: Asker;
}

async function startGate({ adminKubeconfig }: ApiServer, core: number | undefined): Promise<Gate> {
  const [port, healthPort] = await Promise.all([freePort(), freePort()]);
  const args = [`--kubeconfig=${adminKubeconfig}`, '--host=127.0.0.1', `--port=${port}`, `--health-port=${healthPort}`];
  const where = core === undefined ? {} : { core };
  const program = await startProgram({ app: 'admission-webhook', args, healthPort, ...where });
  return { program, asker: new Asker(port) };
}

interface Observed {
  readonly startMs: number;
  /** Of each review at the fixed rate, in milliseconds. */
  readonly times: readonly number[];
  readonly fullSpeed: Answered;
  /** Of the gate during these, in milliseconds. */
  readonly processorMs: number;
  readonly changesPerSecond: number;
  readonly residentMiB: { readonly now: number; readonly most: number };
}

async function observe({ program, asker }: Gate, api: KubeApi, ingresses: number): Promise<Observed> {
  const reviews = await prepareReviews(api, { ingresses, count: REVIEWS });
  const changes = atEvenRate(CHANGES_PER_SECOND, (count) => {
    const annotations = { 'proxy-read-timeout': String(30 + (count % 30)) };
    return patch(api, applicationIngress((count * 7) % ingresses, { annotations }));
  });
  try {
    await asker.atRate(reviews, { perSecond: PER_SECOND, seconds: WARM_SECONDS });
    const times = await asker.atRate(reviews, { perSecond: PER_SECOND, seconds: SECONDS });
    const before = program.processorMs();
    const fullSpeed = await asker.atFullSpeed(reviews, { atOnce: AT_ONCE, seconds: FULL_SPEED_SECONDS });
    const processorMs = program.processorMs() - before;
    const residentMiB = program.residentMiB();
    const changesPerSecond = await changes.stop();
    return { startMs: program.startMs, times, fullSpeed, processorMs, residentMiB, changesPerSecond };
  } finally {
    await changes.stop();
  }
}

function figuresOf(ingresses: number, observed: Observed): readonly Measured[] {
  const { startMs, times, fullSpeed, processorMs, residentMiB, changesPerSecond } = observed;
  const world = inWords(ingresses);
  const barred = (figure: Figure): Measured => {
    const { bar, ...seen } = figure;
    return ingresses === LARGEST ? { ...seen, bar } : seen;
  };
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(times, share));
  const curve = [`p50 ${inMs(p50)}`, `p95 ${inMs(p95)}`, `max ${inMs(Math.max(...times))} of ${times.length}`];
  return [
    { name: `start → ready, ${world}`, unit: 'ms', measured: startMs },
    barred({
      name: `a review, 99 of 100, ${PER_SECOND} a second, ${world}`,
      ...{ unit: 'ms', measured: p99 ?? Number.NaN, bar: { atMost: 10 } },
      note: `${curve.join(', ')}; ${changesPerSecond.toFixed(0)} changes a second`,
    }),
    barred({
      name: `reviews, ${AT_ONCE} at a time, ${world}`,
      ...{ unit: 'perSecond', measured: (fullSpeed.count / fullSpeed.tookMs) * 1000, bar: { atLeast: 1000 } },
      note: `${(processorMs / fullSpeed.count).toFixed(2)} ms of processor time for each`,
    }),
    barred({
      name: `resident memory after that, ${world}`,
      ...{ unit: 'MiB', measured: residentMiB.now, bar: { atMost: 250 } },
      note: `never more than ${residentMiB.most.toFixed(0)}`,
    }),
  ];
}

function inWords(ingresses: number): string {
  return `${ingresses.toLocaleString('en')} Ingresses`;
}

function inMs(value = Number.NaN): string {
  return value.toFixed(1);
}
