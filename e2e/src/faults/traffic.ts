/**
 * Duty: the traffic of every test of a fault: 100 requests a second over a route that is there, half of them on connections
 * of their own. Every answer but the expected one is a lost request.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { testedCapabilities } from '../harness/bare-nginx.ts';
import type { GatePorts } from '../harness/ask.ts';
import { startLoad, type Load, type LoadResult } from '../harness/load.ts';

export interface TrafficOptions {
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TrafficResult extends LoadResult {
  readonly lost: number;
}

export interface Traffic {
  /** Lets `seconds` pass. */
  during(seconds: number): Promise<void>;
  /** Requests that wait for their answer now. */
  underWay(): number;
  /** Ends it; another call has the same answer. Failures are told by the kind of connection, such as `502 (new)`. */
  stop(): Promise<TrafficResult>;
}

export const PER_SECOND = 100;

/**
 * nginx before 1.27.4 closes connections that are kept while it reloads, whatever is on its way over them
 * (keepalive_min_timeout came then).
 */
const KINDS = ['new', testedCapabilities().keepaliveMinTimeout ? 'kept' : 'kept by clients that ask again'] as const;

/** To x.example.com unless another host is given. */
export function startTraffic(ports: GatePorts, options: TrafficOptions = {}): Traffic {
  const { host = 'x.example.com', headers = {} } = options;
  const gate = { address: '127.0.0.1', ...ports };
  const target = { gate, host, path: '/', headers, perSecond: PER_SECOND / KINDS.length };
  const loads = KINDS.map((connections) => startLoad({ ...target, connections }));
  let result: Promise<TrafficResult> | undefined;
  return {
    during: (seconds) => delay(seconds * 1000),
    underWay: () => loads.reduce((sum, load) => sum + load.underWay(), 0),
    stop: () => (result ??= stopAll(loads)),
  };
}

async function stopAll(loads: readonly Load[]): Promise<TrafficResult> {
  const results = await Promise.all(loads.map((load) => load.stop()));
  const failures = results.flatMap((result, index) =>
    Object.entries(result.failures).map(([what, count]) => [`${what} (${KINDS[index] ?? ''})`, count] as const),
  );
  const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return {
    requests: sumOf(results.map(({ requests }) => requests)),
    lost: sumOf(failures.map(([, count]) => count)),
    failures: Object.fromEntries(failures),
    backends: [...new Set(results.flatMap(({ backends }) => backends))].sort(),
    p99Ms: Math.max(...results.map(({ p99Ms }) => p99Ms)),
    silentMs: Math.max(...results.map(({ silentMs }) => silentMs)),
    askedAgain: sumOf(results.map(({ askedAgain }) => askedAgain)),
  };
}
