import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseErrorStatus } from './error-status.ts';

describe('the status of an answer', () => {
  it.each([
    ['400', 400],
    ['401', 401],
    ['404', 404],
    ['499', 499],
    ['503', 503],
    ['599', 599],
    [undefined, 404],
    ['', 404],
    ['200', 404],
    ['204', 404],
    ['302', 404],
    ['399', 404],
    ['600', 404],
    ['5030', 404],
    ['0503', 404],
    ['503, 200', 404],
    ['503 ', 404],
    ['+503', 404],
    ['5e2', 404],
    ['-503', 404],
    ['503.0', 404],
    ['５０３', 404],
    ['503\n', 404],
  ])('for X-Code %j is %d', (header, status) => {
    expect(parseErrorStatus(header)).toBe(status);
  });

  it('is an error, whatever the header holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.integer().map(String)), (header) => {
        const status = parseErrorStatus(header);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThanOrEqual(599);
      }),
    );
  });
});
