// `npm run test:docker`: the suites that need Docker, which must be running.
import { runStep, stepFor } from './step.ts';
import { findSuites } from './suites.ts';
import { forgetResults, formatTally, readResults, tallyRuns } from './tally.ts';

const { docker } = findSuites();
forgetResults();
const succeeded = docker.length === 0 || runStep(stepFor('docker'));

const tally = tallyRuns(readResults(), docker);
console.log(`\nsuites that need Docker: ${docker.length}`);
for (const suite of tally.missing) console.log(`failed: ${suite} did not run`);

const failed = succeeded ? tally.failed : Math.max(tally.failed, 1);
console.log(formatTally({ ...tally, failed }));
process.exitCode = failed === 0 ? 0 : 1;
