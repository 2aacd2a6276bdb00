import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const workspaceRoot = resolve(import.meta.dirname, '../..');

/**
 * Leaves the counts of a project's run in a file, so that `npm test` can add up every project. The file is an output of
 * the nx target: a run that comes from nx's cache counts as well. A project with several runs names each by
 * GATEHOUSE_TEST_RUN.
 */
export default class CountReporter {
  #rootDir;

  constructor(globalConfig) {
    this.#rootDir = globalConfig.rootDir;
  }

  onRunComplete(_contexts, results) {
    const counts = {
      passed: results.numPassedTests,
      // A suite that did not even load ran no test, and yet it failed.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
      suites: results.testResults.map(({ testFilePath }) => relative(workspaceRoot, testFilePath)).sort(),
    };
    const name = process.env['GATEHOUSE_TEST_RUN'] ?? (relative(workspaceRoot, this.#rootDir) || 'workspace');
    const file = join(workspaceRoot, 'dist/test-results', `${name}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(counts, null, 2)}\n`);
  }
}
