import { describe, expect, it } from '@jest/globals';
import { formatTally, tallyRuns } from './tally.ts';

describe('tallyRuns', () => {
  const run = { passed: 3, failed: 1, skipped: 2, suites: ['libs/a/src/one.spec.ts'] };

  it('adds every run up', () => {
    const tally = tallyRuns([run, { ...run, suites: [] }], ['libs/a/src/one.spec.ts']);
    expect(formatTally(tally)).toBe('6 passed, 2 failed, 4 skipped');
    expect(tally.missing).toEqual([]);
  });

  it('counts an expected suite that did not run as a failure', () => {
    const tally = tallyRuns([run], ['libs/a/src/one.spec.ts', 'libs/b/src/two.spec.ts']);
    expect(tally.failed).toBe(2);
    expect(tally.missing).toEqual(['libs/b/src/two.spec.ts']);
  });
});
