import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gatehouse/testing';
import { ask, type Answer } from './harness/ask.ts';

const WORKSPACE = join(import.meta.dirname, '../..');
const START_DEADLINE_MS = 30_000;

const hasCurl = spawnSync('curl', ['--version']).status === 0;

interface Started {
  readonly child: ChildProcess;
  readonly httpPort: number;
  readonly httpsPort: number;
  /** What was printed on standard output so far. */
  printed(): string;
  exitCode: Promise<number | null>;
}

const { scripts } = JSON.parse(readFileSync(join(WORKSPACE, 'package.json'), 'utf8')) as {
  scripts: Record<'start', string>;
};

/** What `npm start` runs, without npm, whose own exit code after Ctrl-C is that of the signal. */
const withoutNpm = ['sh', '-c', `${scripts.start} "$@"`, 'sh'];
const withNpm = ['npm', 'start', '--'];

interface StartOptions {
  readonly flags?: readonly string[];
  readonly command?: readonly string[];
  readonly cwd?: string;
}

/** With a temporary directory of its own, so that what is left behind can be seen. */
async function start(temporary: string, options: StartOptions = {}): Promise<Started> {
  const { flags = [], command = withoutNpm, cwd = WORKSPACE } = options;
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, ...flags], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TMPDIR: temporary,
      GATEHOUSE_HTTP_PORT: String(httpPort),
      GATEHOUSE_HTTPS_PORT: String(httpsPort),
    },
  });
  let printed = '';
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exitCode = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const deadlineMs = performance.now() + START_DEADLINE_MS;
  while (!printed.includes('Ctrl-C')) {
    if (child.exitCode !== null || performance.now() > deadlineMs)
      throw new Error(`it did not start:\n${printed}${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { child, httpPort, httpsPort, printed: () => printed, exitCode };
}

/** Processes whose command line or environment names the directory. */
function processesOf(temporary: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
        return text.includes(temporary);
      } catch {
        return false;
      }
    });
}

describe('npm start', () => {
  let temporary: string;
  let started: Started | undefined;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'start-'));
    execFileSync('chmod', ['755', temporary]);
  });

  afterEach(async () => {
    started?.child.kill('SIGTERM');
    await started?.exitCode;
    started = undefined;
    rmSync(temporary, { recursive: true, force: true });
  });

  const answers = (example: Started, path: string, scheme = 'https'): Promise<Answer> =>
    ask(example, { ask: `GET ${scheme}://cafe.example.com${path}`, headers: { accept: 'text/html' } });

  it('serves the cafe, ends with Ctrl-C and leaves nothing behind', async () => {
    const example = (started = await start(temporary));
    const tea = await answers(example, '/tea');
    expect(tea).toMatchObject({ status: 200, body: expect.stringContaining('Service: tea-svc') });
    expect(tea.certificateNames).toContain('DNS:cafe.example.com');
    expect((await answers(example, '/coffee/latte')).body).toContain('URI: /coffee/latte');
    expect(await answers(example, '/tea', 'http')).toMatchObject({
      status: 308,
      headers: { location: `https://cafe.example.com:${example.httpsPort}/tea` },
    });
    const page = await answers(example, '/milk');
    expect(page.status).toBe(404);
    expect(page.body).toContain('Gatehouse');
    expect(processesOf(temporary).length).toBeGreaterThan(2);

    process.kill(-(example.child.pid ?? 0), 'SIGINT');
    expect(await example.exitCode).toBe(0);
    expect(processesOf(temporary)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ['SIGTERM to npm alone', (npm: number) => npm, 'SIGTERM'],
    ['Ctrl-C at its terminal', (npm: number) => -npm, 'SIGINT'],
  ] as const)('leaves nothing behind when npm runs it and gets %s', async (_, target, signal) => {
    const example = (started = await start(temporary, { command: withNpm }));
    expect(processesOf(temporary).length).toBeGreaterThan(3);
    process.kill(target(example.child.pid ?? 0), signal);
    await example.exitCode;
    expect(processesOf(temporary)).toEqual([]);
    expect(readdirSync(temporary).filter((name) => name.startsWith('gatehouse'))).toEqual([]);
  });

  it('serves the cafe of the workspace wherever it is called from', async () => {
    const command = ['node', join(WORKSPACE, 'tools/setup/run.mjs'), 'apps/cli/src/main.ts', 'start'];
    const example = (started = await start(temporary, { command, cwd: temporary }));
    expect((await answers(example, '/tea')).status).toBe(200);
  });

  it('ends by itself, and leaves nothing behind, when nobody reads its log any more', async () => {
    const flags = [`--manifests=${join(WORKSPACE, 'examples/cafe')}`, '--listen-address=127.0.0.1', '--healthz-port=0'];
    const ports = [`--http-port=${await freePort()}`, `--https-port=${await freePort()}`];
    const command = [process.execPath, join(WORKSPACE, 'apps/cli/src/main.ts'), 'controller', ...flags, ...ports];
    execFileSync('sh', ['-c', '"$@" 2>&1 | head -2', 'sh', ...command], {
      env: { ...process.env, TMPDIR: temporary },
      timeout: START_DEADLINE_MS,
    });
    // The shell waits for the last of the pipe, which is the reader.
    const deadlineMs = performance.now() + 5000;
    while (processesOf(temporary).length > 0 && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(processesOf(temporary)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('answers every other host with the page of the default backend', async () => {
    const example = (started = await start(temporary));
    const answer = await ask(example, { ask: 'GET http://nobody.example.org/', headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('<!doctype html>');
  });

  it('runs the admission webhook, which refuses an Ingress that takes a path of the cafe', async () => {
    const example = (started = await start(temporary));
    const [, port = ''] = /https:\/\/127\.0\.0\.1:(\d+)\/validate/.exec(example.printed()) ?? [];
    const thief = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'thief', namespace: 'other' },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'cafe.example.com',
            http: {
              paths: [{ path: '/tea', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 80 } } } }],
            },
          },
        ],
      },
    };
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'b6f3c8e2-0000-4000-8000-000000000001',
        kind: { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' },
        resource: { group: 'networking.k8s.io', version: 'v1', resource: 'ingresses' },
        operation: 'CREATE',
        namespace: 'other',
        name: 'thief',
        object: thief,
      },
    };
    const ports = { httpPort: 0, httpsPort: Number(port) };
    const answer = await ask(ports, {
      ask: 'POST https://localhost/validate',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(review),
    });
    const { response } = JSON.parse(answer.body) as { response: { allowed: boolean; status: { message: string } } };
    expect(response.allowed).toBe(false);
    expect(response.status.message).toContain('default/cafe-ingress');
  });

  (hasCurl ? it : it.skip)('prints curl lines that work as they are printed', async () => {
    const example = (started = await start(temporary));
    const lines = example
      .printed()
      .split('\n')
      .filter((line) => line.startsWith('  curl '));
    expect(lines.length).toBeGreaterThanOrEqual(5);
    const outputs = lines.map((line) => execFileSync('sh', ['-c', `${line} --silent`], { encoding: 'utf8' }));
    const wanted = ['Service: tea-svc', 'Service: coffee-svc', '308 Permanent Redirect', '404', '404 Not Found'];
    wanted.forEach((text, index) => expect(outputs[index]).toContain(text));
  });

  it('serves an edited copy of the example within a second', async () => {
    const copy = join(temporary, 'cafe');
    cpSync(join(WORKSPACE, 'examples/cafe'), copy, { recursive: true });
    const example = (started = await start(temporary, { flags: [`--manifests=${copy}`] }));
    expect((await answers(example, '/chai')).status).toBe(404);
    const file = join(copy, 'cafe-ingress.yaml');
    const startedMs = performance.now();
    writeFileSync(file, readFileSync(file, 'utf8').replace('path: /tea', 'path: /chai'));
    while ((await answers(example, '/chai')).status !== 200) expect(performance.now() - startedMs).toBeLessThan(1000);
  });

  it('serves the example in its original form just the same', async () => {
    const example = (started = await start(temporary, { flags: ['--manifests=examples/cafe-legacy'] }));
    expect((await answers(example, '/tea')).body).toContain('Service: tea-svc');
  });

  it('says which port is taken', async () => {
    const example = (started = await start(temporary));
    const second = spawnSync('npm', ['start', '--', `--http-port=${example.httpPort}`], {
      cwd: WORKSPACE,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: temporary, GATEHOUSE_HTTPS_PORT: String(await freePort()) },
    });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(
      `--http-port: nginx cannot listen on 127.0.0.1:${example.httpPort}: address already in use`,
    );
    expect(second.stderr).not.toContain('.ts:');
  });
});
