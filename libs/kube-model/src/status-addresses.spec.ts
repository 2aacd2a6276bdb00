import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StatusAddress } from './objects.ts';
import { isSameAddresses, sortStatusAddresses } from './status-addresses.ts';

const text = fc.constantFrom('a', 'b', '192.0.2.1');
const address: fc.Arbitrary<StatusAddress> = fc.record({ ip: text, hostname: text }, { requiredKeys: [] });

describe('the addresses of a status', () => {
  it('are the same whatever their order and repetition', () => {
    fc.assert(
      fc.property(
        fc
          .array(address)
          .chain((list) =>
            fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
          ),
        ([list, shuffled]) => {
          expect(isSameAddresses(list, shuffled)).toBe(true);
          expect(sortStatusAddresses(shuffled)).toEqual(sortStatusAddresses(list));
        },
      ),
    );
  });

  it('differ when one is another kind of name for the same text, or one more', () => {
    expect(isSameAddresses([{ ip: 'a' }], [{ hostname: 'a' }])).toBe(false);
    expect(isSameAddresses([{ ip: 'a' }], [{ ip: 'a' }, { ip: 'b' }])).toBe(false);
    expect(isSameAddresses([{ ip: 'a' }], [])).toBe(false);
  });
});
