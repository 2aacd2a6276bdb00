import { describe, expect, it } from '@jest/globals';
import { duration } from './flag-kinds.ts';

describe('declaring a flag', () => {
  it('fails at once when the default of a duration is none', () => {
    expect(() => duration({ default: '10', summary: 'Grace' })).toThrow('is not a duration');
  });
});
