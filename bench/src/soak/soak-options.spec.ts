import { describe, expect, it } from '@jest/globals';
import { parseSoakOptions } from './soak-options.ts';

describe('parseSoakOptions', () => {
  it('takes 30 minutes unless told otherwise', () => {
    expect(parseSoakOptions([])).toEqual({ minutes: 30, isBuilt: false });
    expect(parseSoakOptions(['--minutes', '0.5', '--built'])).toEqual({ minutes: 0.5, isBuilt: true });
  });

  it('is asked for help', () => {
    expect(parseSoakOptions(['--help'])).toBe('help');
  });

  it.each([
    ['--minutes', '0'],
    ['--minutes', 'long'],
    ['--minutes=-1'],
    ['--minutes', 'Infinity'],
    ['more'],
    ['--hours'],
  ])('refuses %s %s', (...argv) => {
    expect(parseSoakOptions(argv)).toEqual({ error: expect.any(String) });
  });
});
