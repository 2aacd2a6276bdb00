/**
 * Duty: telling that workers of nginx crashed: as a metric, and as an Event of our own Pod. nginx' own words are in the log.
 */
import { Counter, type Registry } from 'prom-client';
import type { World } from './world.ts';

/** Adds the metric; to be called with how many crashed since the last call. */
export function countWorkerCrashes(
  registry: Registry,
  { events, pod }: Pick<World, 'events' | 'pod'>,
): (count: number) => void {
  const crashes = new Counter({
    name: 'gatehouse_nginx_worker_crashes_total',
    help: 'Workers of nginx that were ended by a signal: a crash, or the kernel for want of memory',
    registers: [registry],
  });
  return (count) => {
    crashes.inc(count);
    if (pod === undefined) return;
    const message = 'A worker of nginx was ended by a signal, and its requests with it; the log has the words of nginx';
    events.record({ type: 'Warning', reason: 'WorkerCrash', object: pod, message });
  };
}
