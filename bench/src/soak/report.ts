/**
 * Duty: what is said of a soak: a line for each sample, and the figures at its end.
 */
import type { Figure, Measured } from '../figure.ts';
import type { FlowResult } from './flows.ts';
import { SAMPLED, type Sample, type SampledName } from './process-sample.ts';
import { judge, type Allowance } from './verdict.ts';

/**
 * What a figure may grow by. Memory: garbage that lies about between two collections; a soak of 30 minutes makes some 1,200
 * changes while it is judged, so that 7 KiB that each leaves behind are found. Descriptors and processes come and go with
 * requests and tests of configurations; there are hundreds of each kind of change, one of which each may not stay for good. How
 * many old workers there are is a matter of two or three, and they are most of what nginx holds.
 */
const ALLOWANCES: Readonly<Record<(typeof SAMPLED)[SampledName], Allowance>> = {
  memory: { share: 0.05, amount: 8 },
  workers: { share: 0.25, amount: 40 },
  descriptors: { share: 0.25, amount: 25 },
  count: { share: 0, amount: 4 },
  files: { share: 0.1, amount: 10 },
};

/** Below this, what fills up at the start is taken for growth. */
const JUDGED_FROM_MINUTES = 5;

/** "controller 98 MiB, …": the figures of one moment. */
export function sampleLine(sample: Sample): string {
  return Object.entries(sample)
    .map(([name, value]) => `${name} ${Math.round(value)}`)
    .join('; ');
}

export interface Soaked {
  readonly minutes: number;
  readonly samples: readonly Sample[];
  readonly flows: FlowResult;
  readonly churn: { readonly counts: Readonly<Record<string, number>>; readonly failures: readonly string[] };
  readonly metrics: ReadonlyMap<string, number>;
}

export function* figuresOf({ minutes, samples, flows, churn, metrics }: Soaked): Iterable<Measured> {
  for (const name of Object.keys(SAMPLED) as SampledName[]) {
    yield growthOf(name, samples, minutes >= JUDGED_FROM_MINUTES ? 'judged' : 'shown');
  }
  const all = flows.requests + flows.handshakes + flows.longConnections;
  const lost = Object.values(flows.lost).reduce((sum, count) => sum + count, 0);
  yield {
    name: 'requests, handshakes and long connections that were lost',
    unit: 'count',
    measured: lost,
    bar: { atMost: 0 },
    note: [
      `of ${all}: ${flows.requests}, ${flows.handshakes}, ${flows.longConnections}`,
      ...Object.entries(flows.lost).map(([what, count]) => `${count} × ${what}`),
    ].join('; '),
  };
  yield {
    name: 'changes that could not be made',
    unit: 'count',
    measured: churn.failures.length,
    bar: { atMost: 0 },
    ...(churn.failures.length === 0 ? {} : { note: [...new Set(churn.failures)].slice(0, 3).join('; ') }),
  };
  for (const [name, count] of Object.entries(churn.counts)) {
    yield { name, unit: 'count', measured: count, bar: { atLeast: 1 } };
  }
  yield {
    name: 'configurations that nginx refused',
    unit: 'count',
    measured: metrics.get('gatehouse_reload_refused_total') ?? 0,
    bar: { atLeast: 1 },
  };
  yield { name: 'reloads, by cause', unit: 'count', measured: sumOfReloads(metrics), note: causesOf(metrics) };
}

function growthOf(name: SampledName, samples: readonly Sample[], how: 'judged' | 'shown'): Measured {
  const values = samples.map((sample) => sample[name]);
  const { firstMost, lastMost, rise, growth, allowed } = judge(values, ALLOWANCES[SAMPLED[name]]);
  const figure: Omit<Figure, 'bar'> = {
    name: `${name}: growth`,
    unit: name.endsWith('MiB') ? 'MiB' : 'count',
    measured: growth,
    note: `at most ${firstMost.toFixed(0)}, later ${lastMost.toFixed(0)}; the slope comes to ${rise.toFixed(1)}`,
  };
  return how === 'judged' ? { ...figure, bar: { atMost: allowed } } : figure;
}

const RELOADS = /^gatehouse_reloads_total\{cause="(\w+)"\}$/;

function reloadsIn(metrics: ReadonlyMap<string, number>): readonly (readonly [cause: string, count: number])[] {
  return [...metrics].flatMap(([name, count]) => {
    const [, cause] = RELOADS.exec(name) ?? [];
    return cause === undefined || count === 0 ? [] : [[cause, count] as const];
  });
}

const sumOfReloads = (metrics: ReadonlyMap<string, number>): number =>
  reloadsIn(metrics).reduce((sum, [, count]) => sum + count, 0);
const causesOf = (metrics: ReadonlyMap<string, number>): string =>
  reloadsIn(metrics)
    .map(([cause, count]) => `${cause} ${count}`)
    .join(', ');
