/**
 * Duty: the admission webhook as it is shipped, in a process of its own, on a directory of manifests.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, until } from '@gatehouse/testing';

const BUNDLE = resolve(import.meta.dirname, '../../../dist/apps/admission-webhook/main.mjs');

export interface GateAnswer {
  readonly status: number;
  readonly text: string;
}

export interface GateProcess {
  readonly isAlive: () => boolean;
  /** POST with a body; rejects when there is no answer. */
  post(body: Buffer, path?: string, headers?: Readonly<Record<string, string>>): Promise<GateAnswer>;
  /** The exit code; null when a signal ended it. */
  close(): Promise<number | null>;
}

/** Resolves when it is ready, on an empty world. */
export async function startGateProcess(): Promise<GateProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'gate-process-'));
  const [port, healthPort] = await Promise.all([freePort(), freePort()]);
  const args = ['-f', directory, '--host=127.0.0.1', `--port=${port}`, `--health-port=${healthPort}`];
  const child = spawn(process.execPath, [BUNDLE, ...args], { stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  await until(async () => {
    if (!isAlive()) throw new Error('the webhook ended');
    const answer = await fetch(`http://127.0.0.1:${healthPort}/readyz`).catch(() => undefined);
    return answer?.ok === true;
  });
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  return {
    isAlive,
    post: (body, path = '/validate', headers = {}) =>
      new Promise((resolve, reject) => {
        const type = { 'content-type': 'application/json' };
        const asking = request(
          { host: '127.0.0.1', port, agent, path, method: 'POST', headers: { ...type, ...headers } },
          (answer) => {
            let text = '';
            answer.setEncoding('utf8').on('data', (part: string) => (text += part));
            answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
            answer.once('error', reject);
          },
        );
        asking.once('error', reject).end(body);
      }),
    async close() {
      agent.destroy();
      child.kill('SIGTERM');
      const code = await ended;
      rmSync(directory, { recursive: true });
      return code;
    },
  };
}
