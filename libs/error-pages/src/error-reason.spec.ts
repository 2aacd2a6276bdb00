import { describe, expect, it } from '@jest/globals';
import { parseErrorReason } from './error-reason.ts';

describe('the reason of an error', () => {
  it('is one of those that our proxy gives', () => {
    expect(parseErrorReason('no-endpoints')).toBe('no-endpoints');
  });

  it.each([[undefined], [''], ['NO-HOST'], ['no-host, no-path'], ['constructor']])('is none for %j', (header) => {
    expect(parseErrorReason(header)).toBeUndefined();
  });
});
