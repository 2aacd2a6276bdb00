import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Bundle } from '@gatehouse/nginx';
import { createNginxProcess, createRemoteSupervisor } from '@gatehouse/nginx-process';
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
import { runProxy } from './run-proxy.ts';

jest.setTimeout(30_000);

let sandbox: NginxSandbox;
const running: { readonly end: AbortController; readonly exitCode: Promise<number> }[] = [];
const controllers: NginxProcess[] = [];

beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  // nginx' workers run as another user when the test is root.
  await chmod(sandbox.directory, 0o755);
});
afterEach(async () => {
  for (const controller of controllers.splice(0)) await controller.stop(0);
  for (const { end, exitCode } of running.splice(0)) {
    end.abort();
    await exitCode;
  }
  await sandbox.remove();
});

/** A proxy with a real nginx. */
function run(...flags: readonly string[]) {
  const [end, cutOff] = [new AbortController(), new AbortController()];
  let log = '';
  const exitCode = runProxy({
    argv: [
      `--runtime-dir=${sandbox.directory}`,
      '--healthz-host=127.0.0.1',
      '--healthz-port=0',
      `--nginx-binary=${process.env['GATEHOUSE_NGINX_BINARY'] ?? ''}`,
      '--log-level=debug',
      ...flags,
    ],
    env: { PATH: process.env['PATH'] },
    stdout: { write: () => true },
    stderr: { write: (text) => (log += text) },
    signal: end.signal,
    cutOff: cutOff.signal,
  });
  running.push({ end, exitCode });
  const probe = async (path: string) => {
    const [, port] = /"healthPort":(\d+)/.exec(log) ?? [];
    const answer = await fetch(`http://127.0.0.1:${port ?? 0}${path}`);
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  const hasStarted = () => until(() => log.includes('proxy started'));
  return { end, cutOff, exitCode, log: () => log, probe, hasStarted };
}

/** A controller beside it; it ends with the test. */
function control(onRestart = () => {}): NginxProcess {
  const place = { runtimeDirectory: sandbox.directory, logger: new RecordingLogger() };
  const controller = createNginxProcess({ ...place, supervisor: createRemoteSupervisor({ ...place, onRestart }) });
  controllers.push(controller);
  return controller;
}

const master = async () => Number(await readFile(join(sandbox.directory, 'proxy/nginx.pid'), 'utf8'));

function proxyTo(port: number): Bundle {
  const bundle = sandbox.bundle('proxied');
  const text = bundle.files.get('nginx.conf') ?? '';
  const proxying = text.replace('return 200 "proxied";', `location / { proxy_pass http://127.0.0.1:${port}; }`);
  return { ...bundle, files: new Map([['nginx.conf', proxying]]) };
}

describe('a proxy', () => {
  it('waits for a controller, alive and not ready, and is ready when nginx has proven what it runs', async () => {
    const proxy = run();
    await proxy.hasStarted();
    expect(await proxy.probe('/healthz')).toBe('200 ok');
    expect(await proxy.probe('/readyz')).toBe('503 nginx does not run yet');
    expect(await proxy.probe('/metrics')).toBe('404 not found');
    await control().apply(sandbox.bundle('one'));
    expect(await sandbox.ask()).toBe('one');
    expect(await proxy.probe('/readyz')).toBe('200 ok');
    expect((await stat(join(sandbox.directory, 'proxy/agent.sock'))).mode & 0o777).toBe(0o600);
  });

  it('serves the last good configuration at once, without any controller', async () => {
    const first = run();
    await first.hasStarted();
    await control().apply(sandbox.bundle('one'));
    first.end.abort();
    expect(await first.exitCode).toBe(0);
    expect(await sandbox.ask()).toBeUndefined();
    const startedMs = performance.now();
    const second = run();
    await until(async () => (await sandbox.ask()) === 'one');
    expect(performance.now() - startedMs).toBeLessThan(2000);
    await until(async () => (await second.probe('/readyz')) === '200 ok');
  });

  it('tells the controller that it was started anew, which then finds nothing to do', async () => {
    const first = run();
    await first.hasStarted();
    let restarts = 0;
    const controller = control(() => (restarts += 1));
    await controller.apply(sandbox.bundle('one'));
    first.end.abort();
    await first.exitCode;
    await expect(controller.apply(sandbox.bundle('two'))).rejects.toThrow("the proxy's agent does not answer");
    run();
    await until(() => restarts > 0);
    await until(async () => (await sandbox.ask()) === 'one');
    expect(await controller.apply(sandbox.bundle('one'))).toEqual({ kind: 'applied' });
    await controller.apply(sandbox.bundle('two'));
    expect(await sandbox.ask()).toBe('two');
  });

  it('starts a killed nginx again and tells the controller', async () => {
    const proxy = run();
    await proxy.hasStarted();
    let restarts = 0;
    await control(() => (restarts += 1)).apply(sandbox.bundle('one'));
    process.kill(await master(), 'SIGKILL');
    await until(() => restarts === 1);
    expect(await sandbox.ask()).toBe('one');
    expect(proxy.log()).toContain('nginx ended by itself');
  });

  it('outlives a killed worker, whose place nginx fills', async () => {
    const proxy = run();
    await proxy.hasStarted();
    await control().apply(sandbox.bundle('one'));
    const [, worker = 0] = await processWithChildren(await master());
    process.kill(worker, 'SIGKILL');
    await until(async () => (await livingProcesses([worker])).length === 0);
    await until(async () => (await processWithChildren(await master())).length === 3);
    expect(await sandbox.ask()).toBe('one');
  });

  it('goes on serving when the controller is gone, and for the next one there is nothing to do', async () => {
    const proxy = run();
    await proxy.hasStarted();
    const first = control();
    await first.apply(sandbox.bundle('one'));
    const processes = await processWithChildren(await master());
    await first.stop(1000);
    expect(await sandbox.ask()).toBe('one');
    expect(await control().apply(sandbox.bundle('one'))).toEqual({ kind: 'applied' });
    expect(await processWithChildren(await master())).toEqual(processes);
  });

  it('keeps trying a current configuration that nginx refuses, and takes a better one', async () => {
    const bad = sandbox.bundle('bad', { httpLines: ['bogus on;'] });
    const controller = control();
    const first = run();
    await first.hasStarted();
    await controller.apply(sandbox.bundle('one'));
    first.end.abort();
    await first.exitCode;
    const config = join(sandbox.directory, 'config/current/nginx.conf');
    await writeFile(config, bad.files.get('nginx.conf') ?? '');
    const proxy = run();
    await until(() => proxy.log().includes('nginx could not be started again'));
    expect(await proxy.probe('/healthz')).toBe('200 ok');
    await controller.apply(sandbox.bundle('two'));
    expect(await sandbox.ask()).toBe('two');
  });
});

describe('a proxy that is told to end', () => {
  it('is not ready at once, takes requests for the grace period, lets them end, and leaves nothing', async () => {
    const { server, port, waiting } = await slowBackend();
    const proxy = run('--shutdown-grace-period=1');
    await proxy.hasStarted();
    await control().apply(proxyTo(port));
    const processes = await processWithChildren(await master());
    proxy.end.abort();
    await until(async () => (await proxy.probe('/readyz')) === '503 shutting down');
    const late = sandbox.ask();
    await until(() => waiting.length === 1);
    await until(() => proxy.log().includes('gracefully shutting down'));
    waiting[0]!.end('answered');
    expect(await late).toBe('answered');
    expect(await proxy.exitCode).toBe(0);
    expect(await livingProcesses(processes)).toEqual([]);
    expect(existsSync(join(sandbox.directory, 'proxy/agent.sock'))).toBe(false);
    server.close();
  });

  it('a second time waits no longer', async () => {
    const { server, port, waiting } = await slowBackend();
    const proxy = run('--shutdown-grace-period=600');
    await proxy.hasStarted();
    await control().apply(proxyTo(port));
    const asking = sandbox.ask();
    await until(() => waiting.length === 1);
    proxy.end.abort();
    proxy.cutOff.abort();
    expect(await proxy.exitCode).toBe(0);
    expect(await asking).not.toBe('answered');
    server.close();
  });

  it('before there is any nginx ends at once', async () => {
    const proxy = run('--shutdown-grace-period=600');
    await proxy.hasStarted();
    proxy.end.abort();
    expect(await proxy.exitCode).toBe(0);
  });
});

describe('a proxy that cannot start', () => {
  it.each([
    ['no such nginx', () => ['--nginx-binary=/nowhere'], '--nginx-binary: /nowhere is not a program'],
    ['a directory that cannot be made', () => ['--runtime-dir=/proc/x'], '--runtime-dir: '],
  ])('says so in one sentence without a stack: %s', async (_, flags, sentence) => {
    const proxy = run(...flags(), '--log-level=info');
    expect(await proxy.exitCode).toBe(1);
    expect(proxy.log().trim().split('\n')).toHaveLength(1);
    expect(proxy.log()).toContain(sentence);
  });

  it('says that its port is taken, and leaves the socket to the next', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const proxy = run(`--healthz-port=${(taken.address() as AddressInfo).port}`);
    expect(await proxy.exitCode).toBe(1);
    expect(proxy.log()).toContain('--healthz-port: ');
    expect(existsSync(join(sandbox.directory, 'proxy/agent.sock'))).toBe(false);
    taken.close();
  });

  it('says that another one is there', async () => {
    const first = run();
    await first.hasStarted();
    // Where endpoints come by DNS, the first has that port as well.
    const second = run('--endpoint-dns-port=0');
    expect(await second.exitCode).toBe(1);
    expect(second.log()).toContain('another agent answers on');
  });

  it('does not follow a current that leads out of the generations', async () => {
    const first = run();
    await first.hasStarted();
    await control().apply(sandbox.bundle('one'));
    first.end.abort();
    await first.exitCode;
    await symlink('/etc', join(sandbox.directory, 'config/current.new'));
    await rename(join(sandbox.directory, 'config/current.new'), join(sandbox.directory, 'config/current'));
    const second = run();
    await second.hasStarted();
    expect(await second.probe('/readyz')).toBe('503 nginx does not run yet');
    expect(second.log()).not.toContain('nginx says');
  });
});
