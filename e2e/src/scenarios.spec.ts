import { describe, it } from '@jest/globals';
import { join } from 'node:path';
import { runScenario } from './harness/run-scenario.ts';
import { readScenarios } from './harness/scenario.ts';

const DIRECTORY = join(import.meta.dirname, '../scenarios');

const areas = Map.groupBy(readScenarios(DIRECTORY), ({ file }) => file.split('/')[0] ?? '');

describe.each([...areas])('%s', (_, scenarios) => {
  it.each(scenarios)('$sentence', runScenario, 30_000);
});
