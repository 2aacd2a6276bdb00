import { beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { reloadCauses } from '@gatehouse/nginx';
import type { Draining } from '@gatehouse/pipeline';
import { FakeNginx, until } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { registerReloadMetrics, type ReloadMetrics } from './reload-metrics.ts';

describe('the metrics of reloads', () => {
  let registry: Registry;
  let metrics: ReloadMetrics;
  let nginx: FakeNginx;

  beforeEach(() => {
    [registry, nginx] = [new Registry(), new FakeNginx()];
    metrics = registerReloadMetrics(registry, { nginx, nowMs: () => 5_000 });
  });

  const valueOf = async (name: string): Promise<number | undefined> => {
    const line = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(' ')[1]);
  };

  it('have every cause from the beginning', async () => {
    for (const cause of Object.keys(reloadCauses)) {
      expect(await valueOf(`gatehouse_reloads_total{cause="${cause}"}`)).toBe(0);
    }
  });

  it('count a reload under each of its causes, and tell when it was', async () => {
    metrics.note({ outcome: 'applied', refusals: 1, reloadCauses: ['routes', 'endpoints'] });
    metrics.note({ outcome: 'applied', refusals: 2, reloadCauses: ['routes'] });
    expect(await valueOf('gatehouse_reloads_total{cause="routes"}')).toBe(2);
    expect(await valueOf('gatehouse_reloads_total{cause="endpoints"}')).toBe(1);
    expect(await valueOf('gatehouse_reload_refused_total')).toBe(3);
    expect(await valueOf('gatehouse_last_reload_timestamp_seconds')).toBe(5);
  });

  it('count none for a round without one', async () => {
    metrics.note({ outcome: 'renewed', refusals: 0, reloadCauses: [] });
    expect(await valueOf('gatehouse_last_reload_timestamp_seconds')).toBe(0);
  });

  it('count those beside the rounds as well', async () => {
    metrics.noteRelearning(4);
    expect(await valueOf('gatehouse_reloads_total{cause="relearning"}')).toBe(4);
  });

  it('tell of old workers, and of a reload that waits for them', async () => {
    nginx.generations = 3;
    metrics.note({ outcome: 'postponed', refusals: 0, reloadCauses: [] });
    expect(await valueOf('gatehouse_draining_workers')).toBe(3);
    expect(await valueOf('gatehouse_draining_generations')).toBe(3);
    expect(await valueOf('gatehouse_reload_waiting')).toBe(1);
    metrics.note({ outcome: 'applied', refusals: 0, reloadCauses: ['routes'] });
    expect(await valueOf('gatehouse_reload_waiting')).toBe(0);
  });

  it('ask nginx once a second, however many look at them', async () => {
    let asked = 0;
    let answer = (_draining: Draining): void => undefined;
    const slow = {
      draining: () => {
        asked += 1;
        return new Promise<Draining>((resolve) => (answer = resolve));
      },
    };
    const apart = new Registry();
    registerReloadMetrics(apart, { nginx: slow, nowMs: () => 5_000 });
    const scrapes = Promise.all(Array.from({ length: 20 }, () => apart.metrics()));
    await nextTurn();
    expect(asked).toBe(1);
    answer({ workers: 4, generations: 2 });
    for (const text of await scrapes) expect(text).toContain('gatehouse_draining_generations 2\n');
    expect(asked).toBe(1);
    const answeredMs = performance.now();
    let later = '';
    await until(() => {
      void apart.metrics().then((text) => (later = text));
      return asked > 1;
    });
    expect(performance.now() - answeredMs).toBeGreaterThan(900);
    answer({ workers: 0, generations: 0 });
    await until(() => later.includes('gatehouse_draining_workers 0\n'));
    expect(asked).toBe(2);
  });

  it('are all described, with each cause', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/reloads.md'), 'utf8');
    const names = [...(await registry.metrics()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(4);
    for (const name of [...names, ...Object.keys(reloadCauses)]) expect(page).toContain(`\`${name}`);
  });
});
