import { afterEach, beforeEach, describe, it } from '@jest/globals';
import {
  FakeApiServer,
  RecordingLogger,
  runSourceScenario,
  SCENARIO_CONFIG_MAP,
  secretsOfTls,
  sourceScenarios,
  systemClock,
  type ScenarioServer,
  type ScenarioSource,
} from '@gatehouse/testing';
import { connectKubeApi } from '../connect/connect-kube-api.ts';
import { createKubeSource } from './kube-source.ts';

let fake: FakeApiServer;

beforeEach(async () => {
  fake = new FakeApiServer();
  await fake.start();
});

afterEach(() => fake.stop());

const server = (): ScenarioServer => ({
  port: fake.port,
  put: async (json) => void fake.put(json),
  remove: async (json) => fake.remove(json),
  list: async (plural) => fake.list(plural),
  stopServer: () => fake.stop(),
  startServer: () => fake.start(),
  forgetHistory: async () => fake.forgetHistory(),
  clear: async () => undefined,
});

async function createSource(port: number): Promise<ScenarioSource> {
  const logger = new RecordingLogger();
  const api = await connectKubeApi({ apiServerHost: `http://127.0.0.1:${port}`, logger });
  const source = createKubeSource({
    api,
    logger,
    clock: systemClock,
    jitter: Math.random,
    watchNamespace: '',
    configMaps: [SCENARIO_CONFIG_MAP],
    services: [],
    secretsOf: secretsOfTls,
    // Plain HTTP/1.1 has no pings.
    silenceMs: 1000,
  });
  return { source, close: () => api.close() };
}

describe('KubeSource at the fake server', () => {
  it.each(sourceScenarios)(
    '$name',
    async (scenario) => {
      await runSourceScenario(scenario, { server: server(), createSource });
    },
    30_000,
  );
});
