// `npm test`: everything that decides whether a change is accepted, but for what needs Docker.
//
// With --docker-follows the caller runs `npm run test:docker` next, so the suites of that are not counted as skipped here.
import { parseArgs } from 'node:util';
import { E2E, runStep, type Step } from './step.ts';
import { findSuites } from './suites.ts';
import { forgetResults, formatTally, readResults, tallyRuns } from './tally.ts';

/** Each is tried, also after a failure: one run tells everything that is wrong. */
const CHECKS: readonly Step[] = [
  { title: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  {
    title: 'lint, types, tests, build',
    command: ['nx', 'run-many', '-t', 'lint', 'typecheck', 'test', 'build', '--output-style=static'],
  },
  { title: 'dead code', command: ['knip'] },
];

const { values: options } = parseArgs({ options: { 'docker-follows': { type: 'boolean', default: false } } });
const suites = findSuites();

forgetResults();
const steps = suites.e2e.length > 0 ? [...CHECKS, E2E] : CHECKS;
const failedSteps = steps.filter((step) => !runStep(step));

const tally = tallyRuns(readResults(), [...suites.unit, ...suites.e2e]);
const dockerSkipped = options['docker-follows'] ? [] : suites.docker;

console.log('');
for (const suite of dockerSkipped) console.log(`skipped: ${suite} needs Docker; npm run test:docker runs it`);
for (const suite of tally.missing) console.log(`failed: ${suite} did not run`);
for (const { title } of failedSteps) console.log(`failed: ${title}`);

// A failed check without a failed test, such as lint, is a failure of its own.
const failed = Math.max(tally.failed, failedSteps.length);
console.log(formatTally({ passed: tally.passed, failed, skipped: tally.skipped + dockerSkipped.length }));
process.exitCode = failed === 0 ? 0 : 1;
