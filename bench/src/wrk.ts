/**
 * Duty: load on a port of this machine by `wrk`, and what it saw. Must not know who answers.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Loaded {
  readonly perSecond: number;
  /** From the first byte of a request to the last of its answer. */
  readonly medianMicroseconds: number;
  /** The lines of wrk about answers that were no success (2xx, 3xx). */
  readonly hasNon2xx: boolean;
}

/** Why there can be no load here; undefined when there can. */
export async function whyNoWrk(): Promise<string | undefined> {
  const found = await promisify(execFile)('which', ['wrk']).catch(() => undefined);
  return found === undefined ? 'wrk is not installed (apt-get install wrk)' : undefined;
}

/** With one thread, over connections that stay open. Throws when one of them fails. */
export async function loadPort({ port, connections, seconds, headers }: Load): Promise<Loaded> {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const how = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...given, `http://127.0.0.1:${port}/`];
  const { stdout } = await promisify(execFile)('wrk', how);
  const [, count, unit] = /^\s*50%\s+([\d.]+)(us|ms|s)$/m.exec(stdout) ?? [];
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  if (stdout.includes('Socket errors') || count === undefined) throw new Error(`errors under load:\n${stdout}`);
  const microseconds = { us: 1, ms: 1e3, s: 1e6 }[unit as 'ms' | 's' | 'us'];
  return { perSecond, medianMicroseconds: Number(count) * microseconds, hasNon2xx: stdout.includes('Non-2xx') };
}
