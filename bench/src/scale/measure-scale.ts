/**
 * Duty: the figures of nginx with many hosts: how long it takes to test a configuration, to run another one, and how much
 * memory its master has then.
 */
import { findNginx, readCapabilities } from '@gatehouse/nginx-process';
import { median, spread, type Measured } from '../figure.ts';
import type { Shape } from './many-hosts.ts';
import { startManyHosts, type ManyHosts } from './nginx-of-many-hosts.ts';

interface Setting extends Shape {
  readonly runs: number;
  readonly bars: Figures;
}

interface Figures {
  readonly testMs: number;
  readonly reloadMs: number;
  readonly masterMiB: number;
}

const SETTINGS: readonly Setting[] = [
  { hosts: 1000, servicesOfHost: 1, runs: 9, bars: { testMs: 250, reloadMs: 400, masterMiB: 120 } },
  { hosts: 1000, servicesOfHost: 2, runs: 9, bars: { testMs: 250, reloadMs: 400, masterMiB: 120 } },
  { hosts: 10_000, servicesOfHost: 1, runs: 3, bars: { testMs: 4000, reloadMs: 6000, masterMiB: 900 } },
  { hosts: 10_000, servicesOfHost: 2, runs: 3, bars: { testMs: 4000, reloadMs: 6000, masterMiB: 900 } },
];

export async function* measureScale(): AsyncIterable<Measured> {
  const found = await findNginx({
    named: process.env['GATEHOUSE_NGINX_BINARY'] ?? '',
    searchPath: process.env['PATH'] ?? '',
  });
  if (!found.ok || !(await readCapabilities(found.value)).certificateCache) {
    yield { name: 'many hosts', why: found.ok ? 'nginx is older than 1.27.4' : found.error };
    return;
  }
  const seen = new Map<Shape['servicesOfHost'], Figures>();
  for (const setting of SETTINGS) {
    const nginx = await startManyHosts(found.value, setting);
    try {
      const { figures, measured } = await measureSetting(nginx, setting);
      yield* measured;
      const fewer = seen.get(setting.servicesOfHost);
      if (fewer !== undefined) yield* growth(fewer, figures);
      seen.set(setting.servicesOfHost, figures);
    } finally {
      await nginx.close();
    }
  }
}

async function measureSetting(
  nginx: ManyHosts,
  { hosts, servicesOfHost, runs, bars }: Setting,
): Promise<{ readonly figures: Figures; readonly measured: readonly Measured[] }> {
  const tests: number[] = [];
  const reloads: number[] = [];
  const memory: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    tests.push(await nginx.test());
    reloads.push(await nginx.reload(`/new-${run}`));
    memory.push(nginx.masterMiB().now);
  }
  const figures = { testMs: median(tests), reloadMs: median(reloads), masterMiB: Math.max(...memory) };
  const services = servicesOfHost === 1 ? 'one Service' : 'a Service each';
  const of = `${hosts.toLocaleString('en')} hosts with two paths to ${services}`;
  const most = `${spread(memory)}; never more than ${nginx.masterMiB().most.toFixed(0)}`;
  const measured: readonly Measured[] = [
    { name: `nginx.conf, ${of}`, unit: 'MiB', measured: nginx.configMiB() },
    {
      name: `nginx -t, ${of}`,
      unit: 'ms',
      measured: figures.testMs,
      bar: { atMost: bars.testMs },
      note: spread(tests),
    },
    {
      name: `a path is added: reload → its proof, ${of}`,
      unit: 'ms',
      measured: figures.reloadMs,
      bar: { atMost: bars.reloadMs },
      note: spread(reloads),
    },
    {
      name: `resident memory of nginx' master, ${of}`,
      unit: 'MiB',
      measured: figures.masterMiB,
      bar: { atMost: bars.masterMiB },
      note: most,
    },
  ];
  return { figures, measured };
}

/** Ten times as many hosts. What grows in step with them has a ratio of 10. */
function* growth(small: Figures, large: Figures): Iterable<Measured> {
  const kinds = { testMs: 'nginx -t', reloadMs: 'reload → its proof', masterMiB: "memory of nginx' master" } as const;
  for (const [key, kind] of Object.entries(kinds) as [keyof Figures, string][]) {
    yield { name: `${kind}, 10,000 of these hosts against 1,000`, unit: 'ratio', measured: large[key] / small[key] };
  }
}
