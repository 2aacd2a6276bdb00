/**
 * Duty: the figures of endpoints that come to nginx by DNS: how soon a change is used, and what it costs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { testedCapabilities } from '@gatehouse/e2e';
import type { Measured } from '../figure.ts';
import { figuresOfChanges } from './change-figures.ts';
import { PAUSE_MS, startToldNginx, type ToldNginx } from './told-nginx.ts';

const ISOLATED_CHANGES = 100;
const SECOND_CHANGES = 20;
const COST_MS = 12_000;
const CHANGES_PER_MINUTE = 1000;

export async function* measureEndpoints(): AsyncIterable<Measured> {
  const { upstreamResolve, version } = testedCapabilities();
  if (!upstreamResolve) {
    yield { name: 'endpoints by DNS', why: `nginx ${version} cannot: 1.27.3 is the first that can` };
    return;
  }
  for (const count of [1000, 10_000]) {
    const nginx = await startToldNginx(count);
    const setting = `${count.toLocaleString('en')} upstreams`;
    try {
      yield { name: `start of nginx → each upstream answers, ${setting}`, unit: 's', measured: nginx.readyMs / 1000 };
      const isolated = await timeChanges(nginx, ISOLATED_CHANGES);
      const second = await timeSecondChanges(nginx);
      yield* figuresOfChanges({ name: 'a change of endpoints → nginx uses it', setting }, { isolated, second });
      yield* measureCost(nginx, setting);
    } finally {
      await nginx.close();
    }
  }
}

/** Each on an upstream of its own, which has been quiet. */
async function timeChanges(nginx: ToldNginx, count: number): Promise<readonly number[]> {
  await delay(2 * PAUSE_MS);
  const took: number[] = [];
  for (const [index, name] of nginx.names.slice(0, count).entries()) {
    const address = `127.0.1.${1 + index}`;
    const startedMs = performance.now();
    nginx.tell(name, address);
    await nginx.reaches(name, address);
    took.push(performance.now() - startedMs);
  }
  return took;
}

async function timeSecondChanges(nginx: ToldNginx): Promise<readonly number[]> {
  const took: number[] = [];
  for (const [index, name] of nginx.names.slice(-SECOND_CHANGES).entries()) {
    nginx.tell(name, '127.0.2.1');
    await nginx.reaches(name, '127.0.2.1');
    await delay((index * PAUSE_MS) / SECOND_CHANGES);
    const startedMs = performance.now();
    nginx.tell(name, '127.0.2.2');
    await nginx.reaches(name, '127.0.2.2');
    took.push(performance.now() - startedMs);
  }
  return took;
}

/** Nobody asks nginx for anything meanwhile. */
async function* measureCost(nginx: ToldNginx, setting: string): AsyncIterable<Measured> {
  const idle = await shareOfCore(nginx, () => delay(COST_MS));
  yield { name: `nginx and the DNS server when nothing changes, ${setting}, of a core`, unit: 'ratio', measured: idle };
  const busy = await shareOfCore(nginx, async () => {
    const everyMs = 60_000 / CHANGES_PER_MINUTE;
    for (let change = 0; change < COST_MS / everyMs; change++) {
      const name = nginx.names[(change * 37) % nginx.names.length] ?? '';
      nginx.tell(name, `127.0.3.${1 + (change % 200)}`);
      await delay(everyMs);
    }
  });
  yield {
    name: `1,000 changes a minute add, ${setting}, of a core`,
    unit: 'ratio',
    measured: Math.max(0, busy - idle),
    bar: { atMost: 0.1 },
  };
}

async function shareOfCore({ processorSeconds }: ToldNginx, work: () => Promise<void>): Promise<number> {
  const [startedMs, before] = [performance.now(), processorSeconds()];
  await work();
  return ((processorSeconds() - before) * 1000) / (performance.now() - startedMs);
}
