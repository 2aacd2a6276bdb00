import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bundle } from '@gatehouse/nginx';
import type { NginxProcess } from '@gatehouse/pipeline';
import { FakeNginx, makeNginxSandbox, RecordingLogger, type NginxSandbox } from '@gatehouse/testing';
import { startAgentServer } from './agent-server.ts';
import { findNginx } from './find-nginx.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { readMachineFacts } from './machine.ts';
import { createNginxProcess } from './nginx-process.ts';
import { prepareProxy } from './prepare-runtime.ts';
import { createRemoteSupervisor } from './remote-supervisor.ts';
import { runtimeLayout } from './runtime-layout.ts';

let binary = '';
let sandbox: NginxSandbox;

beforeAll(async () => {
  const found = await findNginx({
    named: process.env['GATEHOUSE_NGINX_BINARY'] ?? '',
    searchPath: process.env['PATH'] ?? '',
  });
  binary = found.ok ? found.value : '';
});
beforeEach(async () => {
  sandbox = await makeNginxSandbox();
});
afterEach(() => sandbox.remove());

interface Harness {
  readonly nginx: NginxProcess;
  /** What a client is answered now. */
  ask(): Promise<string | undefined>;
}

const place = () => ({ runtimeDirectory: sandbox.directory, logger: new RecordingLogger() });

async function makeReal(): Promise<Harness> {
  const supervisor = createLocalSupervisor({ binary, ...place() });
  return Promise.resolve({ nginx: createNginxProcess({ ...place(), supervisor }), ask: sandbox.ask });
}

/** nginx is run behind the agent's socket; ending both is what ends it. */
async function makeRemote(): Promise<Harness> {
  const layout = runtimeLayout(sandbox.directory);
  await prepareProxy(layout, { isRoot: false });
  const local = createLocalSupervisor({ binary, ...place() });
  const machine = await readMachineFacts({ binary, workerUser: '' });
  const agent = await startAgentServer({ ...place(), socket: layout.agentSocket, supervisor: local, machine });
  const supervisor = createRemoteSupervisor({ ...place(), onRestart: () => undefined });
  const nginx = createNginxProcess({ ...place(), supervisor });
  const stop = async (graceMs: number) => {
    await nginx.stop(graceMs);
    await local.stop(graceMs);
    await agent.close();
  };
  return {
    nginx: {
      setEndpoints: (endpoints, telling) => nginx.setEndpoints(endpoints, telling),
      apply: (bundle, mostDraining, onReload) => nginx.apply(bundle, mostDraining, onReload),
      draining: () => nginx.draining(),
      test: (bundle) => nginx.test(bundle),
      stop,
    },
    ask: sandbox.ask,
  };
}

async function makeFake(): Promise<Harness> {
  const nginx = new FakeNginx();
  nginx.objection = (bundle) => {
    const line =
      textOf(bundle)
        .split('\n')
        .findIndex((text) => text.includes('bogus')) + 1;
    return line === 0 ? undefined : { message: 'unknown directive "bogus"', line };
  };
  const ask = async () => /return 200 "(\w{1,40})"/.exec(nginx.running ? textOf(nginx.running) : '')?.[1];
  return Promise.resolve({ nginx, ask });
}

const textOf = (bundle: Bundle) => bundle.files.get('nginx.conf') ?? '';

describe.each([
  ['the real nginx', makeReal],
  ['the real nginx behind an agent', makeRemote],
  ['the fake nginx', makeFake],
])('%s', (_, make) => {
  let nginx: NginxProcess;
  let ask: Harness['ask'];

  beforeEach(async () => {
    ({ nginx, ask } = await make());
  });
  afterEach(() => nginx.stop(0));

  const good = (answer: string) => sandbox.bundle(answer);
  const bad = () => sandbox.bundle('bad', { httpLines: ['bogus on;'] });
  const badLine = () => textOf(bad()).split('\n').indexOf('  bogus on;') + 1;

  it('answers as it was told when an apply has resolved', async () => {
    expect(await nginx.apply(good('one'))).toMatchObject({ kind: 'applied' });
    expect(await ask()).toBe('one');
    expect(await nginx.apply(good('two'))).toMatchObject({ kind: 'applied' });
    expect(await ask()).toBe('two');
  });

  it('takes the same once more', async () => {
    await nginx.apply(good('one'));
    const again = await nginx.apply(good('one'));
    expect(again).toMatchObject({ kind: 'applied' });
    // There was no reload.
    expect(again).not.toHaveProperty('reloadMs');
    expect(await ask()).toBe('one');
  });

  it('goes back to what it was told before', async () => {
    for (const answer of ['one', 'two', 'one']) await nginx.apply(good(answer));
    expect(await ask()).toBe('one');
  });

  it('names the line that it refuses, in its own words', async () => {
    expect(await nginx.apply(bad())).toEqual({
      kind: 'refused',
      message: 'unknown directive "bogus"',
      line: badLine(),
    });
  });

  it('runs on as it was after a refusal', async () => {
    await nginx.apply(good('one'));
    await nginx.apply(bad());
    expect(await ask()).toBe('one');
    await nginx.apply(good('two'));
    expect(await ask()).toBe('two');
  });

  it('starts with a good configuration after a refused one', async () => {
    await nginx.apply(bad());
    expect(await ask()).toBeUndefined();
    await nginx.apply(good('one'));
    expect(await ask()).toBe('one');
  });

  it('changes nothing for a test', async () => {
    expect(await nginx.test(good('one'))).toEqual({ kind: 'accepted' });
    expect(await ask()).toBeUndefined();
    await nginx.apply(good('one'));
    expect(await nginx.test(good('two'))).toEqual({ kind: 'accepted' });
    expect(await nginx.test(bad())).toMatchObject({ kind: 'refused', line: badLine() });
    expect(await ask()).toBe('one');
    await nginx.apply(good('two'));
    expect(await ask()).toBe('two');
  });

  it('does one thing after another', async () => {
    const results = await Promise.all([nginx.apply(good('one')), nginx.apply(bad()), nginx.apply(good('two'))]);
    expect(results.map((result) => result.kind)).toEqual(['applied', 'refused', 'applied']);
    expect(await ask()).toBe('two');
  });

  it('answers nobody when it was stopped, and takes nothing more', async () => {
    await nginx.apply(good('one'));
    await nginx.stop(1000);
    expect(await ask()).toBeUndefined();
    await expect(nginx.apply(good('two'))).rejects.toThrow('nginx is being stopped');
    expect(await ask()).toBeUndefined();
  });

  it('can be stopped before anything, and twice', async () => {
    await nginx.stop(1000);
    await nginx.stop(1000);
    expect(await ask()).toBeUndefined();
  });
});
