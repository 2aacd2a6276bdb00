/**
 * Duty: how often nginx was reloaded, why, and what is left of it, as metrics. Must not decide anything.
 */
import { reloadCauses, type ReloadCause } from '@gatehouse/nginx';
import type { NginxProcess, Round } from '@gatehouse/pipeline';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface ReloadMetrics {
  /** To be called with each round that reached its end. */
  note(round: Pick<Round, 'outcome' | 'refusals' | 'reloadCauses'>): void;
  /** nginx was reloaded so many times beside the rounds. */
  noteRelearning(reloads: number): void;
}

interface ReloadPorts {
  readonly nginx: Pick<NginxProcess, 'draining'>;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** Adds them to the registry: all causes from the beginning, with 0. */
export function registerReloadMetrics(registry: Registry, { nginx, nowMs }: ReloadPorts): ReloadMetrics {
  const registers = [registry];
  const reloads = new Counter({
    name: 'gatehouse_reloads_total',
    help: 'Reloads and starts of nginx by cause; one that has several counts under each',
    labelNames: ['cause'],
    registers,
  });
  for (const cause of Object.keys(reloadCauses) as ReloadCause[]) reloads.inc({ cause }, 0);
  const refused = new Counter({
    name: 'gatehouse_reload_refused_total',
    help: 'Configurations that nginx refused, in its test or at the reload',
    registers,
  });
  const last = new Gauge({
    name: 'gatehouse_last_reload_timestamp_seconds',
    help: 'When nginx was proven to run a new configuration last, in seconds since 1970; 0: not yet',
    registers,
  });
  const waiting = new Gauge({
    name: 'gatehouse_reload_waiting',
    help: '1 while a reload waits for old workers',
    registers,
  });
  registerDraining(registers, nginx);
  return {
    note({ outcome, refusals, reloadCauses: causes }) {
      for (const cause of causes) reloads.inc({ cause });
      refused.inc(refusals);
      if (causes.length > 0) last.set(nowMs() / 1000);
      waiting.set(outcome === 'postponed' ? 1 : 0);
    },
    noteRelearning: (count) => reloads.inc({ cause: 'relearning' }, count),
  };
}

/** How long an answer of nginx is good for. */
const KEPT_MS = 1000;

/** Two metrics come of one answer, and any number of readers may ask at a time, while the proxy takes few connections. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  const forget = () => {
    answer = undefined;
  };
  return () => {
    answer ??= ask().finally(() => setTimeout(forget, KEPT_MS).unref());
    return answer;
  };
}

function registerDraining(registers: Registry[], nginx: ReloadPorts['nginx']): void {
  const gauges = {
    workers: 'Old worker processes of nginx that serve their last connections',
    generations: 'Configurations that these workers are of',
  } as const;
  const draining = shared(() => nginx.draining());
  for (const [of, help] of Object.entries(gauges) as [keyof typeof gauges, string][]) {
    new Gauge({
      name: `gatehouse_draining_${of}`,
      help,
      registers,
      async collect() {
        this.set((await draining())[of]);
      },
    });
  }
}
