/**
 * Duty: what clients do during a soak: requests, handshakes and long connections, and how many of them were lost.
 */
import { startHandshakes, type GatePorts } from '@gatehouse/e2e';
import { startLongConnections, startTraffic } from '@gatehouse/e2e/faults';
import { ROLLED_HOST, STEADY_HOST, TLS_HOST } from './churn.ts';

export interface FlowResult {
  readonly requests: number;
  readonly handshakes: number;
  readonly longConnections: number;
  /** By what happened. */
  readonly lost: Readonly<Record<string, number>>;
}

export interface Flows {
  /** Ends them, and tells what came of them. */
  stop(): Promise<FlowResult>;
}

const LIVES_MS = 25_000;
const LONG_EVERY_MS = 4000;

export function startFlows(ports: GatePorts): Flows {
  const traffic = startTraffic(ports, { host: ROLLED_HOST });
  const handshakes = startHandshakes(ports, TLS_HOST, 1);
  const long = startLongConnections(ports, { host: STEADY_HOST, livesMs: LIVES_MS, everyMs: LONG_EVERY_MS });
  return {
    async stop() {
      const [requests, shaken, held] = await Promise.all([traffic.stop(), handshakes.stop(), long.stop()]);
      const lost = new Map(Object.entries(requests.failures).map(([what, count]) => [`request: ${what}`, count]));
      for (const what of shaken.failures) add(lost, `handshake: ${what}`);
      for (const what of held.failures) add(lost, `long connection: ${what}`);
      return {
        requests: requests.requests,
        handshakes: shaken.handshakes,
        longConnections: held.connections,
        lost: Object.fromEntries(lost),
      };
    },
  };
}

function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** Both together. */
export function sumOf(one: FlowResult, other: FlowResult): FlowResult {
  const lost = { ...one.lost };
  for (const [what, count] of Object.entries(other.lost)) lost[what] = (lost[what] ?? 0) + count;
  return {
    requests: one.requests + other.requests,
    handshakes: one.handshakes + other.handshakes,
    longConnections: one.longConnections + other.longConnections,
    lost,
  };
}
