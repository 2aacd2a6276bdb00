import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { kindCluster } from './harness/kind-cluster.ts';
import { createKindDriver, type KindDriver } from './harness/kind-driver.ts';
import { runScenario } from './harness/run-scenario.ts';
import { readScenarios, reasonAgainst } from './harness/scenario.ts';

const all = readScenarios(join(import.meta.dirname, '../scenarios'));
const runnable = all.filter((scenario) => reasonAgainst(scenario, 'kind') === undefined);
const areas = Map.groupBy(runnable, ({ file }) => file.split('/')[0] ?? '');

let driver: KindDriver;
beforeAll(async () => {
  driver = await createKindDriver(kindCluster());
});
afterAll(() => driver.close());

describe.each([...areas])('in a cluster, %s', (_, scenarios) => {
  it.each(scenarios)('$sentence', (scenario) => runScenario(scenario, driver), 40_000);
});

describe('the scenarios in a cluster', () => {
  it('are all that the deployment can be asked', () => {
    expect(runnable.length).toBeGreaterThanOrEqual(50);
  });
});
