/**
 * Duty: WebSockets that live for a while, whatever happens meanwhile: what is said over each comes back until its client
 * closes it.
 */
import WebSocket from 'ws';
import type { GatePorts } from '../harness/ask.ts';

export interface LongConnectionsOptions {
  readonly host: string;
  readonly livesMs: number;
  /** Between the beginnings of two. */
  readonly everyMs: number;
}

export interface LongConnections {
  /** Begins no more, closes those that are open, tells what came of all. */
  stop(): Promise<{ readonly connections: number; readonly failures: readonly string[] }>;
}

const SAYS_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 5000;

export function startLongConnections(ports: GatePorts, options: LongConnectionsOptions): LongConnections {
  const failures: string[] = [];
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let connections = 0;
  const begin = (): void => {
    connections += 1;
    const one: Promise<void> = hold(ports, options, stopping.signal)
      .catch((error: unknown) => void failures.push(error instanceof Error ? error.message : String(error)))
      .finally(() => running.delete(one));
    running.add(one);
  };
  begin();
  const timer = setInterval(begin, options.everyMs);
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await Promise.all(running);
      return { connections, failures };
    },
  };
}

/** One of them. Throws when it ends before its time, or does not answer. */
function hold(
  { address = '127.0.0.1', httpPort }: GatePorts,
  { host, livesMs }: LongConnectionsOptions,
  stopping: AbortSignal,
): Promise<void> {
  const socket = new WebSocket(`ws://${address}:${httpPort}/`, { headers: { host } });
  let [said, heard, saidMs] = [0, 0, performance.now()];
  return new Promise<void>((resolve, reject) => {
    const say = setInterval(() => {
      if (said > heard && performance.now() - saidMs > ANSWER_WITHIN_MS) reject(new Error('no answer'));
      if (socket.readyState !== WebSocket.OPEN || said > heard) return;
      [said, saidMs] = [said + 1, performance.now()];
      socket.send(String(said));
    }, SAYS_EVERY_MS);
    const life = setTimeout(resolve, livesMs);
    const end = (): void => resolve();
    stopping.addEventListener('abort', end);
    socket.on('message', (data: Buffer) => {
      if (data.toString() === String(said)) heard = said;
    });
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`closed with ${code} before its time`)));
    const forget = (): void => {
      clearInterval(say);
      clearTimeout(life);
      stopping.removeEventListener('abort', end);
    };
    socket.once('close', forget);
  }).finally(() => {
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.terminate();
  });
}
