/**
 * Duty: how the following of the API server goes, as metrics. Must not know what is followed.
 */
import type { FollowCounters } from '@gatehouse/kube-client';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Counts by kind, as they are at the moment. */
export type CountersByKind = () => ReadonlyMap<string, Readonly<FollowCounters>>;

/** Adds them to the registry; they are read when it is asked. `monotonicMs` is the clock of the counters. */
export function registerSourceMetrics(registry: Registry, counters: CountersByKind, monotonicMs: () => number): void {
  const registers = [registry];
  const totals = {
    lists: 'Whole states that were read from the API server',
    watches: 'Watches that were begun',
    events: 'Events that watches brought',
    bookmarks: 'Bookmarks that watches brought',
  } as const;
  for (const [name, help] of Object.entries(totals) as [keyof typeof totals, string][]) {
    new Counter({
      name: `gatehouse_kube_${name}_total`,
      help,
      labelNames: ['kind'],
      registers,
      collect() {
        this.reset();
        for (const [kind, counted] of counters()) this.inc({ kind }, counted[name]);
      },
    });
  }
  new Counter({
    name: 'gatehouse_kube_failures_total',
    help: 'Attempts to list or watch that failed, by the way they did; doubtful: a list was empty where objects were',
    labelNames: ['kind', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [kind, counted] of counters()) {
        for (const [reason, count] of counted.failures) this.inc({ kind, reason }, count);
      }
    },
  });
  new Gauge({
    name: 'gatehouse_kube_last_event_age_seconds',
    help: 'Time since the last event or bookmark; more than some minutes mean that nothing is heard any more',
    labelNames: ['kind'],
    registers,
    collect() {
      this.reset();
      for (const [kind, { lastEventAtMs }] of counters()) {
        if (lastEventAtMs !== undefined) this.set({ kind }, (monotonicMs() - lastEventAtMs) / 1000);
      }
    },
  });
}
