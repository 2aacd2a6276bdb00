import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NginxProcess } from '@gatehouse/pipeline';
import { makeNginxSandbox, processWithChildren, RecordingLogger, until, type NginxSandbox } from '@gatehouse/testing';
import { startAgentServer, type AgentServer } from './agent-server.ts';
import { isWorkerCrash, parseErrorLine } from './error-log.ts';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { createNginxProcess } from './nginx-process.ts';
import type { NginxSupervisor } from './nginx-supervisor.ts';
import { createRemoteSupervisor } from './remote-supervisor.ts';
import { runtimeLayout } from './runtime-layout.ts';

jest.setTimeout(30_000);

describe('a line of the error log', () => {
  it.each([
    ['2026/11/26 09:00:00 [alert] 12#12: worker process 34 exited on signal 11', true],
    ['2026/11/26 09:00:00 [alert] 12#12: worker process 34 exited on signal 11 (core dumped)', true],
    ['2026/11/26 09:00:00 [alert] 12#12: worker process 34 exited on signal 9', true],
    ['2026/11/26 09:00:00 [notice] 12#12: worker process 34 exited with code 0', false],
    ['2026/11/26 09:00:00 [alert] 12#12: cache manager process 34 exited on signal 11', false],
    ['2026/11/26 09:00:00 [error] 34#34: *1 "/worker process 34 exited on signal 11" is not found', false],
    ['worker process 34 exited on signal 11', false],
  ])('%s tells of a crash: %s', (line, tells) => {
    expect(isWorkerCrash(parseErrorLine(line))).toBe(tells);
  });
});

describe('a worker that crashes', () => {
  let binary: string;
  let sandbox: NginxSandbox;
  let nginx: NginxProcess;
  let crashes: number[];
  const onWorkerCrashes = (count: number): void => void crashes.push(count);
  const logger = new RecordingLogger();

  beforeAll(async () => {
    const { GATEHOUSE_NGINX_BINARY: named = '', PATH = '' } = process.env;
    const found = await findNginx({ named, searchPath: PATH });
    binary = found.ok ? found.value : '';
  });
  beforeEach(async () => {
    sandbox = await makeNginxSandbox();
    crashes = [];
  });
  afterEach(async () => {
    await nginx.stop(0);
    await sandbox.remove();
  });

  const run = async (supervisor: NginxSupervisor): Promise<void> => {
    nginx = createNginxProcess({ runtimeDirectory: sandbox.directory, logger, supervisor });
    await nginx.apply(sandbox.bundle('one'));
  };
  const crashWorker = async (): Promise<void> => {
    const master = Number(await readFile(join(sandbox.directory, 'proxy/nginx.pid'), 'utf8'));
    const [, worker = 0] = await processWithChildren(master);
    process.kill(worker, 'SIGSEGV');
    await until(async () => !(await processWithChildren(master)).includes(worker));
  };

  it('is told of, and a reload or an end is not', async () => {
    await run(createLocalSupervisor({ binary, runtimeDirectory: sandbox.directory, logger, onWorkerCrashes }));
    await crashWorker();
    await until(() => crashes.length === 1);
    await nginx.apply(sandbox.bundle('two'));
    await delay(300);
    await crashWorker();
    await until(() => crashes.length === 2);
    await nginx.stop(1000);
    expect(crashes).toEqual([1, 1]);
  });

  it('is told of by an agent, each once, and none of before', async () => {
    const { agentSocket: socket, proxy } = runtimeLayout(sandbox.directory);
    await mkdir(proxy);
    const place = { runtimeDirectory: sandbox.directory, logger };
    const supervisor = createLocalSupervisor({
      binary,
      ...place,
      onWorkerCrashes: (count) => agent.noteCrashes(count),
    });
    const machine = { nginx: 'x', lacksStreamFile: false, resolvers: [], processors: 1 };
    const agent: AgentServer = await startAgentServer({ socket, supervisor, machine, logger });
    await run(supervisor);
    agent.noteCrashes(7);
    const remote = createRemoteSupervisor({ ...place, onRestart: () => undefined, onWorkerCrashes });
    await remote.running();
    await delay(1500);
    await crashWorker();
    await crashWorker();
    await until(() => crashes.reduce((sum, count) => sum + count, 0) === 2);
    await remote.stop(0);
    await agent.close();
  });
});
