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
  readonly headers?: Readonly<Record<string, string>>;
  readonly perSecond: number;
  /**
   * `new`: a connection for each request; `kept`: connections are used again; `kept by clients that ask again`: a request
   * whose kept connection ends before any answer is sent once more on a new one, as browsers do (RFC 9112, section 9.3.1).
   */
  readonly connections: 'new' | 'kept' | 'kept by clients that ask again';
}

export interface LoadResult {
  readonly requests: number;
  /** Everything but a 200, with how often: a status, or the error's code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Names of the backends that answered. */
  readonly backends: readonly string[];
  /** 99 of 100 answers, those that were failures too, took no longer. */
  readonly p99Ms: number;
  /** The longest time without a good answer. */
  readonly silentMs: number;
  /** Requests that were sent once more. */
  readonly askedAgain: number;
}

export interface Load {
  /** Lets `seconds` pass under load. */
  during(seconds: number): Promise<void>;
  /** Requests that wait for their answer now. */
  underWay(): number;
  /** Ends it, waits for what still runs, tells what came of it. */
  stop(): Promise<LoadResult>;
}

const TICK_MS = 10;
const MOST_REQUESTS = 100_000;
const MOST_KEPT = 20;
const ANSWER_WITHIN_MS = 10_000;

export function startLoad(options: LoadOptions): Load {
  const agent = new Agent(
    options.connections === 'new' ? { keepAlive: false } : { keepAlive: true, maxSockets: MOST_KEPT },
  );
  const once = new Agent({ keepAlive: false });
  const failures = new Map<string, number>();
  const backends = new Set<string>();
  const running = new Set<Promise<void>>();
  const beganMs = performance.now();
  let [requests, askedAgain] = [0, 0];
  let [goodMs, silentMs] = [beganMs, 0];
  const times: number[] = [];
  const noteSilence = (): void => {
    silentMs = Math.max(silentMs, performance.now() - goodMs);
  };
  const askOnce = async (): Promise<void> => {
    const askedMs = performance.now();
    let outcome = await askForBackend(options, agent);
    if ('isStale' in outcome && options.connections === 'kept by clients that ask again') {
      askedAgain += 1;
      outcome = await askForBackend(options, once);
    }
    times.push(performance.now() - askedMs);
    if ('failure' in outcome) failures.set(outcome.failure, (failures.get(outcome.failure) ?? 0) + 1);
    else {
      noteSilence();
      goodMs = performance.now();
      backends.add(outcome.backend);
    }
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
    underWay: () => running.size,
    async stop() {
      clearInterval(timer);
      noteSilence();
      await Promise.all(running);
      agent.destroy();
      const sorted = times.sort((a, b) => a - b);
      return {
        requests,
        failures: Object.fromEntries(failures),
        backends: [...backends].sort(),
        p99Ms: sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0,
        silentMs,
        askedAgain,
      };
    },
  };
}

type Outcome =
  | { readonly backend: string }
  | { readonly failure: string }
  /** The connection had been used before, and ended before any answer. */
  | { readonly failure: string; readonly isStale: true };

function askForBackend({ gate, host, path, headers = {} }: LoadOptions, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const asking = request({
      host: gate.address,
      port: gate.httpPort,
      path,
      agent,
      headers: { ...headers, host },
      timeout: ANSWER_WITHIN_MS,
    });
    const fail = (error: NodeJS.ErrnoException): void => resolve({ failure: error.code ?? error.message });
    asking.on('timeout', () => asking.destroy(new Error('no answer')));
    asking.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = asking.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
      if (isStale) resolve({ failure: error.code ?? '', isStale });
      else fail(error);
    });
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
