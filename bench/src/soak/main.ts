/**
 * `npm run soak`: everything changes all the time, and nothing may grow or be lost. See `--help`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ask, handshake, testedCapabilities, type GatePorts } from '@gatehouse/e2e';
import { apiServerAssets, until } from '@gatehouse/testing';
import { buildBundle } from '../bundled-program.ts';
import { fallsShort, renderRow, TABLE_HEAD } from '../figure.ts';
import { ROLLED_HOST, startChurn, STEADY_HOST, TLS_HOST } from './churn.ts';
import { startFlows, sumOf, type FlowResult } from './flows.ts';
import { takeSample, type Sample } from './process-sample.ts';
import { figuresOf, sampleLine, type Soaked } from './report.ts';
import { HELP, parseSoakOptions, type SoakOptions } from './soak-options.ts';
import { openSoakScene, type SoakScene } from './soak-scene.ts';

const SAMPLE_EVERY_MS = 10_000;
/** A short soak has samples enough all the same. */
const FEWEST_SAMPLES = 20;
/** Clients begin anew after so many samples, so that what they remember stays little. */
const SAMPLES_OF_A_FLOW = 30;

const NO_ASSETS = 'KUBEBUILDER_ASSETS names no directory with kube-apiserver, etcd and kubectl';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());

async function soak({ minutes }: SoakOptions, scene: SoakScene): Promise<Soaked> {
  const churn = await startChurn(scene);
  await untilServed(scene);
  const periodMs = Math.min(SAMPLE_EVERY_MS, (minutes * 60_000) / FEWEST_SAMPLES);
  const wanted = Math.ceil((minutes * 60_000) / periodMs);
  const samples: Sample[] = [];
  const results: FlowResult[] = [];
  let flows = startFlows(scene.ports);
  for (const beganMs = performance.now(); samples.length < wanted && !interrupt.signal.aborted;) {
    const dueMs = beganMs + (samples.length + 1) * periodMs;
    await delay(Math.max(0, dueMs - performance.now()), undefined, { signal: interrupt.signal }).catch(() => undefined);
    const sample = takeSample(scene);
    samples.push(sample);
    console.log(`${((performance.now() - beganMs) / 60_000).toFixed(1).padStart(5)} min  ${sampleLine(sample)}`);
    if (samples.length % SAMPLES_OF_A_FLOW === 0) {
      const before = flows;
      flows = startFlows(scene.ports);
      results.push(await before.stop());
    }
  }
  results.push(await flows.stop());
  await churn.stop();
  return { minutes, samples, churn, flows: results.reduce(sumOf), metrics: await scene.metrics() };
}

/** Clients come when everything that they ask for is there. */
async function untilServed({ ports }: SoakScene): Promise<void> {
  const isServed = async (host: string): Promise<boolean> =>
    (await ask(ports, { ask: `GET http://${host}/` }).catch(() => undefined))?.status === 200;
  await until(async () => (await isServed(ROLLED_HOST)) && (await isServed(STEADY_HOST)) && (await showsOwn(ports)));
}

/** Until its certificate is there, a host shows one of ours. */
async function showsOwn(ports: GatePorts): Promise<boolean> {
  const { names } = await handshake(ports, TLS_HOST);
  return names.includes(TLS_HOST);
}

async function main(): Promise<number> {
  const options = parseSoakOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
    return 0;
  }
  const wrong = 'error' in options ? options.error : apiServerAssets() === undefined ? NO_ASSETS : undefined;
  if (wrong !== undefined || 'error' in options) {
    console.error(`${wrong ?? ''}\n\n${HELP}`);
    return 2;
  }
  if (!options.isBuilt) for (const app of ['controller', 'proxy'] as const) buildBundle(app);
  console.log(`nginx ${testedCapabilities().version}, Node ${process.versions.node}, ${options.minutes} minutes`);
  const scene = await openSoakScene();
  const soaked = await soak(options, scene).finally(() => scene.close());
  console.log(`\n${TABLE_HEAD}`);
  const figures = [...figuresOf(soaked)];
  for (const figure of figures) console.log(renderRow(figure));
  return figures.some(fallsShort) || interrupt.signal.aborted ? 1 : 0;
}

process.exitCode = await main();
