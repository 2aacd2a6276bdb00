// `npm test`: everything that decides whether a change is accepted, but for what needs Docker or a cluster.
//
// Suites against a real API server or a real Chromium run where their programs are; with `--demand apiserver` (or `chromium`)
// it is a failure when they are not.
// With `--follows docker` (or `kind`) the caller runs those suites next, so they are not counted as skipped here.
import { parseArgs } from 'node:util';
import { findChromium } from '@gatehouse/testing/find-chromium';
import { findApiServerAssets } from './api-server-assets.ts';
import { runStep, stepFor, type Step } from './step.ts';
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

const { values: options } = parseArgs({
  options: {
    follows: { type: 'string', multiple: true, default: [] },
    demand: { type: 'string', multiple: true, default: [] },
  },
});
const suites = findSuites();
const assets = findApiServerAssets();
const chromium = findChromium({ named: process.env['CHROMIUM_PATH'] ?? '', path: process.env['PATH'] ?? '' });

const steps = [...CHECKS];
const expected = [...suites.unit, ...suites.nginx];
const skipped: string[] = [];
const skip = (paths: readonly string[], reason: string): void => {
  skipped.push(...paths.map((path) => `${path}: ${reason}`));
};

if (suites.nginx.length > 0) steps.push(stepFor('nginx'));
if (assets.kind === 'found' && suites.apiserver.length > 0) {
  steps.push({ ...stepFor('apiserver'), env: { KUBEBUILDER_ASSETS: assets.directory } });
}
if (assets.kind === 'found' || options.demand.includes('apiserver')) expected.push(...suites.apiserver);
else skip(suites.apiserver, assets.reason);
if (chromium.kind === 'found' && suites.chromium.length > 0) {
  steps.push({ ...stepFor('chromium'), env: { CHROMIUM_PATH: chromium.path } });
}
if (chromium.kind === 'found' || options.demand.includes('chromium')) expected.push(...suites.chromium);
else skip(suites.chromium, chromium.reason);
if (!options.follows.includes('docker')) skip(suites.docker, 'it needs Docker; npm run test:docker runs it');
if (!options.follows.includes('kind')) skip(suites.kind, 'it needs a cluster; npm run e2e runs it');

forgetResults();
const failedSteps = steps.filter((step) => !runStep(step));
const tally = tallyRuns(readResults(), expected);

console.log('');
for (const line of skipped) console.log(`skipped: ${line}`);
for (const suite of tally.missing) console.log(`failed: ${suite} did not run`);
for (const { title } of failedSteps) console.log(`failed: ${title}`);

// A failed check without a failed test, such as lint, is a failure of its own.
const failed = Math.max(tally.failed, failedSteps.length);
console.log(formatTally({ passed: tally.passed, failed, skipped: tally.skipped + skipped.length }));
process.exitCode = failed === 0 ? 0 : 1;
