import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { startApiServer, type ApiServer } from '@gatehouse/testing';
import { createApiServerDriver, type ApiServerDriver } from './harness/api-server-driver.ts';
import { runScenario } from './harness/run-scenario.ts';
import { readScenarios, reasonAgainst } from './harness/scenario.ts';

const all = readScenarios(join(import.meta.dirname, '../scenarios'));
const runnable = all.filter((scenario) => reasonAgainst(scenario, 'apiServer') === undefined);
const areas = Map.groupBy(runnable, ({ file }) => file.split('/')[0] ?? '');

let server: ApiServer;
let driver: ApiServerDriver;
beforeAll(async () => {
  server = await startApiServer();
  driver = await createApiServerDriver(server);
});
afterAll(async () => {
  await driver.close();
  await server.stop();
});

describe.each([...areas])('on a real API server, %s', (_, scenarios) => {
  it.each(scenarios)('$sentence', (scenario) => runScenario(scenario, driver), 30_000);
});

describe('the scenarios on a real API server', () => {
  it('are most of them', () => {
    expect(runnable.length).toBeGreaterThanOrEqual(60);
    expect(runnable.length / all.length).toBeGreaterThan(0.75);
  });
});
