import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, until } from '@gatehouse/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nodeOptionsOf } from './harness/node-options.ts';

const PROGRAM = resolve(import.meta.dirname, '../../apps/admission-webhook/src/main.ts');
/** As much as its container has, and the heap that Node makes of that. */
const MEMORY_LIMIT_MIB = 768;
const HEAP_OPTION = '--max-old-space-size=432';
const FLOOD = resolve(import.meta.dirname, 'harness/flood-client.ts');
const FLOOD_MS = 8000;
/** Of each kind; together they want more room than there is. */
const CLIENTS = 24;

const SERVICE = `{apiVersion: v1, kind: Service, metadata: {name: tea}, spec: {ports: [{port: 80}]}}`;
const INGRESS = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'new', namespace: 'default' },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      {
        host: 'a.example.com',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'tea', port: { number: 80 } } } }],
        },
      },
    ],
  },
};
const reviewOf = (object: object): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
      operation: 'CREATE',
      object,
    },
  });
const SMALL = reviewOf(INGRESS);

let directory = '';
let program: ChildProcess;
let exitCode: Promise<number | null>;
let ports = { webhook: 0, health: 0 };

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-flood-'));
  writeFileSync(join(directory, 'tea.yaml'), SERVICE);
  ports = { webhook: await freePort(), health: await freePort() };
  const flags = [`--port=${ports.webhook}`, `--health-port=${ports.health}`, '--host=127.0.0.1', '--log-level=error'];
  program = spawn(process.execPath, [PROGRAM, '-f', directory, ...flags], {
    env: { NODE_OPTIONS: `${nodeOptionsOf('admission-webhook')} ${HEAP_OPTION}` },
    stdio: 'inherit',
  });
  exitCode = new Promise((end) => program.once('exit', end));
  while (!(await isReady())) {
    expect(program.exitCode).toBeNull();
    await delay(20);
  }
}, 60_000);

afterAll(() => {
  program.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

async function isReady(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${ports.health}/readyz`).catch(() => undefined);
  return response?.status === 200;
}

async function timed<T>(act: () => Promise<T>): Promise<{ readonly answer: T; readonly tookMs: number }> {
  const startedMs = performance.now();
  const answer = await act();
  return { answer, tookMs: performance.now() - startedMs };
}

/** The status of the answer, or the code of what went wrong. */
function ask(body: string | Uint8Array, agent?: Agent): Promise<number | string> {
  return new Promise((answered) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const to = { host: '127.0.0.1', port: ports.webhook, path: '/validate?timeout=5s', method: 'POST', headers };
    httpsRequest({ ...to, agent: agent ?? false, rejectUnauthorized: false }, (response) => {
      response.resume().once('end', () => answered(response.statusCode ?? 0));
    })
      .on('error', (error: NodeJS.ErrnoException) => answered(error.code ?? error.message))
      .end(body);
  });
}

/** Of all the memory that it had at once so far. */
function mostResidentMiB(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${program.pid ?? 0}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

async function everyMs<T>(periodMs: number, untilMs: number, act: () => Promise<T>): Promise<T[]> {
  const acted: Promise<T>[] = [];
  while (performance.now() < untilMs) {
    acted.push(act());
    await delay(periodMs);
  }
  return Promise.all(acted);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}

describe('the admission webhook in a flood', () => {
  it('answers small reviews and health checks in time, within its memory', async () => {
    const flood = spawn(process.execPath, [FLOOD, ...[ports.webhook, CLIENTS, FLOOD_MS].map(String)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let flooded = '';
    flood.stdout.on('data', (chunk: Buffer) => (flooded += chunk.toString()));
    const ended = new Promise((end) => flood.once('close', end));
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
    const untilMs = performance.now() + FLOOD_MS;
    const [small, health] = await Promise.all([
      everyMs(50, untilMs, () => timed(() => ask(SMALL, agent))),
      everyMs(200, untilMs, () => timed(isReady)),
    ]);
    await ended;
    agent.destroy();
    // Or there was no flood.
    expect(flooded).toMatch(/"(200|400|503|504)":\d/);
    const answered = small.filter(({ answer }) => answer === 200);
    // A machine that others use, too, may be late now and then.
    expect(answered.length).toBeGreaterThanOrEqual(small.length * 0.95);
    expect(median(small.map(({ tookMs }) => tookMs))).toBeLessThan(500);
    expect(health.map(({ answer }) => answer)).toEqual(health.map(() => true));
    expect(median(health.map(({ tookMs }) => tookMs))).toBeLessThan(500);
    expect(mostResidentMiB()).toBeLessThan(MEMORY_LIMIT_MIB * 0.9);
  }, 60_000);
});

describe('the admission webhook at its end', () => {
  it('answers everything that is asked until its clients know, then ends with 0', async () => {
    const agents = [new Agent({ keepAlive: true, rejectUnauthorized: false }), undefined];
    const outcomes: Promise<number | string>[] = [];
    const tick = setInterval(() => outcomes.push(...agents.map((agent) => ask(SMALL, agent))), 40);
    await delay(1000);
    program.kill('SIGTERM');
    const notReady = until(async () => !(await isReady()));
    await delay(1500);
    clearInterval(tick);
    await notReady;
    expect(await exitCode).toBe(0);
    const all = await Promise.all(outcomes);
    expect(all.length).toBeGreaterThan(60);
    expect(all).toEqual(all.map(() => 200));
  }, 30_000);
});
