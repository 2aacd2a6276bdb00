/**
 * Duty: a steady stream of requests to one address of this machine, to see whether any of them fails. Bounded in rate and
 * number.
 */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { GatePorts } from './ask.ts';

export interface LoadOptions {
  readonly gate: Required<GatePorts>;
  readonly host: string;
  readonly path: string;
  readonly perSecond: number;
  /** `new`: a connection for each request; `kept`: connections are used again. */
  readonly connections: 'new' | 'kept';
}

interface LoadResult {
  readonly requests: number;
  /** Everything but a 200, with how often: a status, or the error's code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Names of the backends that answered. */
  readonly backends: readonly string[];
  readonly slowestMs: number;
}

export interface Load {
  /** Lets `seconds` pass under load. */
  during(seconds: number): Promise<void>;
  /** Ends it, waits for what still runs, tells what came of it. */
  stop(): Promise<LoadResult>;
}

const TICK_MS = 10;
const MOST_REQUESTS = 40_000;
const MOST_KEPT = 20;
const ANSWER_WITHIN_MS = 10_000;

export function startLoad(options: LoadOptions): Load {
  const agent = new Agent(
    options.connections === 'kept' ? { keepAlive: true, maxSockets: MOST_KEPT } : { keepAlive: false },
  );
  const failures = new Map<string, number>();
  const backends = new Set<string>();
  const running = new Set<Promise<void>>();
  const beganMs = performance.now();
  let requests = 0;
  let slowestMs = 0;
  const askOnce = async (): Promise<void> => {
    const askedMs = performance.now();
    const outcome = await askForBackend(options, agent);
    slowestMs = Math.max(slowestMs, performance.now() - askedMs);
    if ('failure' in outcome) failures.set(outcome.failure, (failures.get(outcome.failure) ?? 0) + 1);
    else backends.add(outcome.backend);
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - beganMs) / 1000) * options.perSecond);
    for (; requests < Math.min(due, MOST_REQUESTS); requests += 1) {
      const asking: Promise<void> = askOnce().finally(() => running.delete(asking));
      running.add(asking);
    }
  }, TICK_MS);
  return {
    during: (seconds) => delay(seconds * 1000),
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      agent.destroy();
      return { requests, failures: Object.fromEntries(failures), backends: [...backends].sort(), slowestMs };
    },
  };
}

type Outcome = { readonly backend: string } | { readonly failure: string };

function askForBackend({ gate, host, path }: LoadOptions, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const asking = request({
      host: gate.address,
      port: gate.httpPort,
      path,
      agent,
      headers: { host },
      timeout: ANSWER_WITHIN_MS,
    });
    const fail = (error: NodeJS.ErrnoException): void => resolve({ failure: error.code ?? error.message });
    asking.on('timeout', () => asking.destroy(new Error('no answer')));
    asking.on('error', fail);
    asking.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('error', fail);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve({ backend: (JSON.parse(text) as { backend: string }).backend });
        else resolve({ failure: String(answer.statusCode) });
      });
    });
    asking.end();
  });
}
