import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bundle } from '@gatehouse/nginx';
import type { NginxProcess } from '@gatehouse/pipeline';
import { makeNginxSandbox, RecordingLogger, type NginxSandbox } from '@gatehouse/testing';
import { findNginx } from './find-nginx.ts';
import { findNginxIn } from './leftover-processes.ts';
import { createNginxProcess, type NginxProcessOptions } from './nginx-process.ts';

jest.setTimeout(30_000);

let binary = '';
let sandbox: NginxSandbox;
let logger: RecordingLogger;
let nginx: NginxProcess;
let restarts = 0;

const start = (more: Partial<NginxProcessOptions> = {}) =>
  createNginxProcess({
    binary,
    runtimeDirectory: sandbox.directory,
    logger,
    onRestart: () => (restarts += 1),
    ...more,
  });

beforeAll(async () => {
  const found = await findNginx({ named: process.env['GATEHOUSE_NGINX'] ?? '', searchPath: process.env['PATH'] ?? '' });
  binary = found.ok ? found.value : '';
});
beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  logger = new RecordingLogger();
  restarts = 0;
  nginx = start();
});
afterEach(async () => {
  await nginx.stop(0);
  expect(await findNginxIn(sandbox.directory)).toEqual([]);
  await sandbox.remove();
});

const pidFile = () => join(sandbox.directory, 'nginx.pid');
const master = async () => Number(await readFile(pidFile(), 'utf8'));

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await delay(10);
}

/** A backend whose answers end when the test says so. */
async function slowBackend(): Promise<{ server: Server; port: number; waiting: ServerResponse[] }> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, answer) => waiting.push(answer)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, waiting };
}

/** Requests are passed on instead of answered. */
function proxyTo(port: number): Bundle {
  return rewritten('return 200 "proxied";', `location / { proxy_pass http://127.0.0.1:${port}; }`);
}

/** A bundle that answers "proxied", with other text in the place of some. */
function rewritten(from: string, to: string): Bundle {
  const bundle = sandbox.bundle('proxied');
  const text = bundle.files.get('nginx.conf') ?? '';
  expect(text).toContain(from);
  return { ...bundle, files: new Map([['nginx.conf', text.replace(from, to)]]) };
}

describe('a reload', () => {
  it('loses no request', async () => {
    await nginx.apply(sandbox.bundle('0'));
    let isDone = false;
    const answers: (string | undefined)[] = [];
    const client = async () => {
      while (!isDone || answers.length < 200) answers.push(await sandbox.ask());
    };
    const clients = Promise.all([client(), client(), client()]);
    for (let generation = 1; generation <= 5; generation += 1) await nginx.apply(sandbox.bundle(String(generation)));
    isDone = true;
    await clients;
    expect(answers.length).toBeGreaterThanOrEqual(200);
    expect(new Set(answers)).not.toContain(undefined);
  });

  it('is over for every new connection when apply has resolved', async () => {
    await nginx.apply(sandbox.bundle('0'));
    for (let generation = 1; generation <= 5; generation += 1) {
      await nginx.apply(sandbox.bundle(String(generation)));
      const answers = await Promise.all(Array.from({ length: 20 }, () => sandbox.ask()));
      expect(new Set(answers)).toEqual(new Set([String(generation)]));
    }
  });

  it('leaves as many workers as before', async () => {
    for (const answer of ['0', '1', '2']) await nginx.apply(sandbox.bundle(answer));
    await until(async () => (await findNginxIn(sandbox.directory)).length === 3);
    await delay(300);
    expect(await findNginxIn(sandbox.directory)).toHaveLength(3);
  });

  it('lets a request that is under way end', async () => {
    const { server, port, waiting } = await slowBackend();
    await nginx.apply(proxyTo(port));
    const asking = sandbox.ask();
    await until(() => waiting.length === 1);
    await nginx.apply(sandbox.bundle('new'));
    waiting[0]!.end('old');
    expect(await asking).toBe('old');
    expect(await sandbox.ask()).toBe('new');
    server.close();
  });

  it('that only the master refuses leaves everything as it was, and tells why', async () => {
    const limiting = (key: string) => ({
      httpLines: [`limit_req_zone ${key} zone=z:64k rate=1r/s;`],
    });
    await nginx.apply(sandbox.bundle('one', limiting('$uri')));
    const before = await readlink(join(sandbox.directory, 'current'));
    const result = await nginx.apply(sandbox.bundle('two', limiting('$host')));
    expect(result).toMatchObject({ kind: 'refused', message: expect.stringContaining('previously') });
    expect(await readlink(join(sandbox.directory, 'current'))).toBe(before);
    expect(await sandbox.ask()).toBe('one');
    await nginx.apply(sandbox.bundle('three', limiting('$uri')));
    expect(await sandbox.ask()).toBe('three');
  });

  it('that the machine does not let happen is a fault, and leaves everything as it was', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const { server, port } = await slowBackend();
    const taken = { httpLines: [`server { listen 127.0.0.1:${port}; }`] };
    await expect(nginx.apply(sandbox.bundle('two', taken))).rejects.toThrow('Address already in use');
    expect(await sandbox.ask()).toBe('one');
    server.close();
    await nginx.apply(sandbox.bundle('two', taken));
    expect(await sandbox.ask()).toBe('two');
  });
});

describe('a start', () => {
  it('that the machine does not let happen is a fault with the words of nginx', async () => {
    const { server, port } = await slowBackend();
    const bundle = sandbox.bundle('one', { httpLines: [`server { listen 127.0.0.1:${port}; }`] });
    await expect(nginx.apply(bundle)).rejects.toThrow('Address already in use');
    expect(existsSync(join(sandbox.directory, 'current'))).toBe(false);
    server.close();
    await nginx.apply(bundle);
    expect(await sandbox.ask()).toBe('one');
  });

  it('of a program that is not there is a fault', async () => {
    nginx = start({ binary: '/nowhere/nginx' });
    await expect(nginx.apply(sandbox.bundle('one'))).rejects.toThrow('/nowhere/nginx');
  });

  it('ends what a killed predecessor left running', async () => {
    const old = await leaveRunning('old');
    expect(await sandbox.ask()).toBe('old');
    await nginx.apply(sandbox.bundle('new'));
    expect(await sandbox.ask()).toBe('new');
    const now = await findNginxIn(sandbox.directory);
    expect(now.filter((pid) => old.includes(pid))).toEqual([]);
    expect(logger.messages('warn')).toEqual(['An nginx that another process had left running was ended']);
  });

  it('ends workers whose master was killed too', async () => {
    await leaveRunning('old');
    process.kill(await master(), 'SIGKILL');
    await nginx.apply(sandbox.bundle('new'));
    expect(await sandbox.ask()).toBe('new');
  });

  it('removes the socket and the process id that a killed nginx left', async () => {
    for (const pid of await leaveRunning('old')) process.kill(pid, 'SIGKILL');
    await until(async () => (await findNginxIn(sandbox.directory)).length === 0);
    expect(existsSync(join(sandbox.directory, 'proof.sock'))).toBe(true);
    await nginx.apply(sandbox.bundle('new'));
    expect(await sandbox.ask()).toBe('new');
  });
});

/** Has another process start nginx, and kills that process. The answer are the ids of the nginx processes. */
async function leaveRunning(answer: string): Promise<readonly number[]> {
  const program = `
    import { readFileSync } from 'node:fs';
    import { createNginxProcess } from ${JSON.stringify(join(import.meta.dirname, 'nginx-process.ts'))};
    const [binary, runtimeDirectory, digest, text] = JSON.parse(readFileSync(0, 'utf8'));
    const log = () => undefined;
    const logger = { debug: log, info: log, warn: log, error: log };
    const nginx = createNginxProcess({ binary, runtimeDirectory, logger });
    const files = new Map([['nginx.conf', text]]);
    await nginx.apply({ digest, files, certificates: new Map(), problems: [], originOfLine: () => undefined });
    console.log('runs');
  `;
  const bundle = sandbox.bundle(answer);
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify([binary, sandbox.directory, bundle.digest, bundle.files.get('nginx.conf')]));
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return findNginxIn(sandbox.directory);
}

describe('an nginx that ends by itself', () => {
  it('is started again with what it had, and its workers do not live on', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const before = await findNginxIn(sandbox.directory);
    process.kill(await master(), 'SIGKILL');
    await until(() => restarts === 1);
    expect(await sandbox.ask()).toBe('one');
    const after = await findNginxIn(sandbox.directory);
    expect(after.filter((pid) => before.includes(pid))).toEqual([]);
    expect(logger.messages('error')).toContain('nginx ended by itself');
    await nginx.apply(sandbox.bundle('two'));
    expect(await sandbox.ask()).toBe('two');
  });

  it('is tried to start again until it can be', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const config = join(sandbox.directory, 'current', 'nginx.conf');
    await rename(config, `${config}.away`);
    process.kill(await master(), 'SIGKILL');
    await until(
      () => logger.messages('error').filter((text) => text === 'nginx could not be started again').length >= 2,
    );
    await rename(`${config}.away`, config);
    await until(() => restarts === 1);
    expect(await sandbox.ask()).toBe('one');
  });

  it('is replaced by what is applied meanwhile', async () => {
    await nginx.apply(sandbox.bundle('one'));
    process.kill(await master(), 'SIGKILL');
    // Whether the reload meets the dying master or the next one, the second attempt is sound.
    await nginx.apply(sandbox.bundle('two')).catch(() => nginx.apply(sandbox.bundle('two')));
    expect(await sandbox.ask()).toBe('two');
  });
});

describe('a stop', () => {
  it('leaves no process, no socket and no process id', async () => {
    await nginx.apply(sandbox.bundle('one'));
    await nginx.stop(1000);
    expect(await findNginxIn(sandbox.directory)).toEqual([]);
    expect((await readdir(sandbox.directory)).sort()).toEqual(['certificates', 'current', 'generations', 'temp']);
  });

  it('lets a request end within the grace, and no longer', async () => {
    const { server, port, waiting } = await slowBackend();
    await nginx.apply(proxyTo(port));
    const first = sandbox.ask();
    await until(() => waiting.length === 1);
    const stopping = nginx.stop(20_000);
    await delay(50);
    waiting[0]!.end('answered');
    expect(await first).toBe('answered');
    await stopping;

    nginx = start();
    await nginx.apply(proxyTo(port));
    const second = sandbox.ask();
    await until(() => waiting.length === 2);
    await nginx.stop(50);
    expect(await second).not.toBe('answered');
    server.close();
  });

  it('in the middle of a first apply leaves nothing', async () => {
    for (const afterMs of [0, 5, 20, 40, 60, 80]) {
      nginx = start();
      const applying = nginx.apply(sandbox.bundle(`after ${afterMs}`)).catch((error: unknown) => error);
      await delay(afterMs);
      await nginx.stop(1000);
      await applying;
      expect(await findNginxIn(sandbox.directory)).toEqual([]);
    }
  });

  it('during a backoff ends the backoff', async () => {
    await nginx.apply(sandbox.bundle('one'));
    await rm(join(sandbox.directory, 'generations'), { recursive: true });
    process.kill(await master(), 'SIGKILL');
    await until(
      () => logger.messages('error').filter((text) => text === 'nginx could not be started again').length >= 2,
    );
    await nginx.stop(1000);
    expect(await findNginxIn(sandbox.directory)).toEqual([]);
  });
});

describe('a directory that cannot be written', () => {
  it('is a fault, and the running nginx stays; it works again when it can be', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const two = sandbox.bundle('two');
    const inTheWay = join(sandbox.directory, 'generations', two.digest);
    await writeFile(inTheWay, '');
    await expect(nginx.apply(two)).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await sandbox.ask()).toBe('one');
    await rm(inTheWay, { force: true });
    await nginx.apply(two);
    expect(await sandbox.ask()).toBe('two');
  });
});

describe('what nginx writes', () => {
  it('comes to the given descriptor from its standard output', async () => {
    const file = join(sandbox.directory, 'access');
    const descriptor = openSync(file, 'a');
    nginx = start({ accessLogDescriptor: descriptor });
    await nginx.apply(rewritten('  access_log off;', '  access_log /dev/stdout;'));
    await sandbox.ask();
    await until(async () => (await readFile(file, 'utf8')).includes('"GET / HTTP/1.1" 200'));
    closeSync(descriptor);
  });

  it('to its error log comes to ours by its level', async () => {
    const twice = `server { listen 127.0.0.1:${sandbox.port}; return 200 "again"; }`;
    await nginx.apply(sandbox.bundle('one', { httpLines: [twice] }));
    await until(() => logger.entries.some(({ data }) => String(data['text']).includes('start worker process')));
    const warnings = logger.entries.filter(({ level, data }) => level === 'warn' && data['level'] === 'warn');
    expect(String(warnings[0]?.data['text'])).toContain('conflicting server name');
  });
});
