import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { makeNginxSandbox, RecordingLogger, until, type NginxSandbox } from '@gatehouse/testing';
import { startAgentServer, type AgentServer } from './agent-server.ts';
import { createLocalSupervisor } from './local-supervisor.ts';
import { createRemoteSupervisor } from './remote-supervisor.ts';
import { runtimeLayout } from './runtime-layout.ts';

let sandbox: NginxSandbox;
let agent: AgentServer;

beforeEach(async () => {
  sandbox = await makeNginxSandbox();
  const { agentSocket: socket, proxy } = runtimeLayout(sandbox.directory);
  await mkdir(proxy);
  const logger = new RecordingLogger();
  const supervisor = createLocalSupervisor({ binary: 'none', runtimeDirectory: sandbox.directory, logger });
  const machine = { nginx: 'x', lacksStreamFile: false, resolvers: [], processors: 1 };
  agent = await startAgentServer({ socket, supervisor, machine, logger });
});
afterEach(async () => {
  await agent.close();
  await sandbox.remove();
});

it('an agent tells of endpoints that were others than told and of reloads for that, each once and none of before', async () => {
  const found: unknown[] = [];
  const remote = createRemoteSupervisor({
    runtimeDirectory: sandbox.directory,
    logger: new RecordingLogger(),
    onRestart: () => undefined,
    proof: {
      onDrift: (count, names) => found.push([count, ...names]),
      onCompared: (atMs) => found.push(atMs),
      onRelearning: (reloads) => found.push(`${reloads} reloads`),
    },
  });
  const [old, one, two] = ['o', 'p', 'q'].map((letter) => letter.repeat(16)) as [string, string, string];
  agent.proof.onDrift(1, [old]);
  agent.proof.onRelearning(4);
  await delay(1500);
  agent.proof.onDrift(1, [one]);
  agent.proof.onDrift(1, [two]);
  agent.proof.onCompared(5000);
  await until(() => found.length === 2);
  expect(found).toEqual([[2, one, two], 5000]);
  for (let more = 0; more < 20; more++) agent.proof.onDrift(1, [one]);
  await until(() => found.length === 3);
  expect(found.at(-1)).toEqual([20, ...Array<string>(16).fill(one)]);
  agent.proof.onRelearning(3);
  agent.proof.onRelearning(1);
  await until(() => found.length === 4);
  expect(found.at(-1)).toBe('4 reloads');
  await remote.stop(0);
});
