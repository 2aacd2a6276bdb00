import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bundle } from '@gatehouse/nginx';
import type { NginxProcess } from '@gatehouse/pipeline';
import {
  livingProcesses,
  makeNginxSandbox,
  processWithChildren,
  RecordingLogger,
  slowBackend,
  until,
  type NginxSandbox,
} from '@gatehouse/testing';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor, type LocalSupervisorOptions } from './local-supervisor.ts';
import { createNginxProcess } from './nginx-process.ts';

jest.setTimeout(30_000);

let binary = '';
let sandbox: NginxSandbox;
let logger: RecordingLogger;
let nginx: NginxProcess;
let restarts = 0;

const onRestart = () => (restarts += 1);
const start = (more: Partial<LocalSupervisorOptions> = {}) => {
  const place = { runtimeDirectory: sandbox.directory, logger };
  return createNginxProcess({ ...place, supervisor: createLocalSupervisor({ binary, ...place, onRestart, ...more }) });
};

beforeAll(async () => {
  const { GATEHOUSE_NGINX_BINARY: named = '', PATH = '' } = process.env;
  const found = await findNginx({ named, searchPath: PATH });
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
  expect(await livingProcesses(startedWorkers())).toEqual([]);
  expect(await sandbox.ask()).toBeUndefined();
  await sandbox.remove();
});

const master = async () => Number(await readFile(join(sandbox.directory, 'proxy/nginx.pid'), 'utf8'));
const processes = async () => processWithChildren(await master());
const errorsSaying = (message: string) => logger.messages('error').filter((text) => text === message).length;

/** Ids of all workers that nginx says it ever started. */
function startedWorkers(): readonly number[] {
  return logger.entries
    .flatMap(({ data }) => /^start worker process (\d+)$/.exec(String(data['text']))?.[1] ?? [])
    .map(Number);
}

/** Requests are passed on instead of answered. */
function proxyTo(port: number): Bundle {
  const bundle = sandbox.bundle('proxied');
  const text = bundle.files.get('nginx.conf') ?? '';
  const proxying = text.replace('return 200 "proxied";', `location / { proxy_pass http://127.0.0.1:${port}; }`);
  return { ...bundle, files: new Map([['nginx.conf', proxying]]) };
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

  it('is over for every new connection when apply has resolved, sooner than nginx by itself would have it', async () => {
    await nginx.apply(sandbox.bundle('0'));
    const durationsMs: number[] = [];
    for (let generation = 1; generation <= 8; generation += 1) {
      const [id, ...workers] = await processes();
      const result = await nginx.apply(sandbox.bundle(String(generation)));
      const titles = await Promise.all(
        workers.map((worker) => readFile(`/proc/${worker}/cmdline`, 'utf8').catch(() => '')),
      );
      expect(titles.filter((title) => title !== '' && !title.includes('shutting down'))).toEqual([]);
      expect(await sandbox.ask()).toBe(String(generation));
      expect(await master()).toBe(id);
      durationsMs.push(result.kind === 'applied' ? (result.reloadMs ?? 0) : Infinity);
      // nginx takes no other signal for 100 ms.
      await delay(150);
    }
    expect(Math.min(...durationsMs)).toBeLessThan(100);
  });

  it('leaves as many workers as before', async () => {
    for (const answer of ['0', '1', '2']) await nginx.apply(sandbox.bundle(answer));
    await delay(300);
    expect(await processes()).toHaveLength(3);
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
    const before = await readlink(join(sandbox.directory, 'config/current'));
    const result = await nginx.apply(sandbox.bundle('two', limiting('$host')));
    expect(result).toMatchObject({ kind: 'refused', message: expect.stringContaining('previously') });
    expect(await readlink(join(sandbox.directory, 'config/current'))).toBe(before);
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
    expect(existsSync(join(sandbox.directory, 'config/current'))).toBe(false);
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
    expect(await livingProcesses(old)).toEqual([]);
    expect(logger.messages('warn')).toEqual(['Processes of an earlier nginx were ended']);
  });

  it('ends workers whose master was killed too', async () => {
    const old = await leaveRunning('old');
    process.kill(await master(), 'SIGKILL');
    await until(async () => (await livingProcesses(old)).length === 2);
    await nginx.apply(sandbox.bundle('new'));
    expect(await sandbox.ask()).toBe('new');
    expect(await livingProcesses(old)).toEqual([]);
  });

  it('removes the socket and the process id that a killed nginx left', async () => {
    const old = await leaveRunning('old');
    for (const pid of old) process.kill(pid, 'SIGKILL');
    await until(async () => (await livingProcesses(old)).length === 0);
    expect(existsSync(join(sandbox.directory, 'proxy/proof.sock'))).toBe(true);
    await nginx.apply(sandbox.bundle('new'));
    expect(await sandbox.ask()).toBe('new');
  });
});

/** Has another process start nginx, and kills that process. The answer are the ids of the nginx processes. */
async function leaveRunning(answer: string): Promise<readonly number[]> {
  const program = `
    import { readFileSync } from 'node:fs';
    import { createLocalSupervisor } from ${JSON.stringify(join(import.meta.dirname, 'local-supervisor.ts'))};
    import { createNginxProcess } from ${JSON.stringify(join(import.meta.dirname, 'nginx-process.ts'))};
    const [binary, runtimeDirectory, digest, text] = JSON.parse(readFileSync(0, 'utf8'));
    const log = () => undefined;
    const logger = { debug: log, info: log, warn: log, error: log };
    const supervisor = createLocalSupervisor({ binary, runtimeDirectory, logger });
    const nginx = createNginxProcess({ runtimeDirectory, supervisor, logger });
    await nginx.apply({ digest, files: new Map([['nginx.conf', text]]), certificates: new Map(), certificateLinks: new Map(), problems: [], originOfLine: () => undefined });
    console.log('runs');
  `;
  const bundle = sandbox.bundle(answer);
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify([binary, sandbox.directory, bundle.digest, bundle.files.get('nginx.conf')]));
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  const exit = once(child, 'exit');
  if (child.kill('SIGKILL')) await exit;
  return processes();
}

describe('an nginx that ends by itself', () => {
  it('is started again with what it had, and its workers do not live on', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const before = await processes();
    process.kill(await master(), 'SIGKILL');
    await until(() => restarts === 1);
    expect(await sandbox.ask()).toBe('one');
    expect(await livingProcesses(before)).toEqual([]);
    expect(logger.messages('error')).toContain('nginx ended by itself');
    await nginx.apply(sandbox.bundle('two'));
    expect(await sandbox.ask()).toBe('two');
  });

  it('is tried to start again until it can be', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const config = join(sandbox.directory, 'config/current', 'nginx.conf');
    await rename(config, `${config}.away`);
    process.kill(await master(), 'SIGKILL');
    await until(() => errorsSaying('nginx could not be started again') >= 2);
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
    const before = await processes();
    await nginx.stop(1000);
    expect(await livingProcesses(before)).toEqual([]);
    expect((await readdir(sandbox.directory)).sort()).toEqual(['config', 'keys', 'proxy']);
    expect(await readdir(join(sandbox.directory, 'proxy'))).toEqual(['temp']);
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
      expect(await livingProcesses(startedWorkers())).toEqual([]);
      expect(await sandbox.ask()).toBeUndefined();
    }
  });

  it('right after the master was killed ends its workers', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const before = await processes();
    process.kill(await master(), 'SIGKILL');
    await nginx.stop(1000);
    expect(await livingProcesses(before)).toEqual([]);
  });

  it('ends by force what does not react', async () => {
    await nginx.apply(sandbox.bundle('one'));
    const before = await processes();
    for (const pid of before) process.kill(pid, 'SIGSTOP');
    await nginx.stop(50);
    expect(await livingProcesses(before)).toEqual([]);
  });

  it('before a second restart, which waits, ends the workers of the killed master', async () => {
    await nginx.apply(sandbox.bundle('one'));
    process.kill(await master(), 'SIGKILL');
    await until(() => restarts === 1);
    const before = await processes();
    process.kill(await master(), 'SIGKILL');
    await until(() => errorsSaying('nginx ended by itself') === 2);
    await nginx.stop(1000);
    expect(await livingProcesses(before)).toEqual([]);
  });

  it('during a backoff ends the backoff', async () => {
    await nginx.apply(sandbox.bundle('one'));
    await rm(join(sandbox.directory, 'config/generations'), { recursive: true });
    process.kill(await master(), 'SIGKILL');
    await until(() => errorsSaying('nginx could not be started again') >= 2);
    await nginx.stop(1000);
    expect(await sandbox.ask()).toBeUndefined();
  });
});
