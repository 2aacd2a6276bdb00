import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkChanges } from './check-changes.ts';

const NAME = 'abcdefghijklmnop';
const endpoint = { address: '10.1.2.3', port: 8080, weight: 1 };
const withEndpoint = (shape: object): unknown => [{ name: NAME, endpoints: [{ ...endpoint, ...shape }] }];

describe('checkChanges', () => {
  it('takes what is as described, and nothing beside it along', () => {
    const changes = [
      {
        name: NAME,
        endpoints: [
          { ...endpoint, zone: 'a' },
          { ...endpoint, address: '2001:db8::1' },
        ],
        more: 1,
      },
      { name: `${NAME}q`, endpoints: [] },
      { name: `${NAME}r`, endpoints: 'forgotten' },
    ];
    expect(checkChanges(changes, 'refused')).toEqual([
      { name: NAME, endpoints: [endpoint, { ...endpoint, address: '2001:db8::1' }] },
      { name: `${NAME}q`, endpoints: [] },
      { name: `${NAME}r`, endpoints: 'forgotten' },
    ]);
  });

  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'localhost',
    '010.0.0.1',
    '10.0.0.1 ',
    '',
  ])('refuses %j as an address', (address) => {
    expect(() => checkChanges(withEndpoint({ address }), 'refused')).toThrow('an address that is not proxied to');
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1'])('takes %s where there is no cluster', (address) => {
    expect(checkChanges(withEndpoint({ address }), 'allowed')).toEqual(withEndpoint({ address }));
  });

  it.each(['169.254.169.254', '0.0.0.0', '::', '::ffff:127.0.0.1', '127.0.0.1%lo'])(
    'refuses %s even there',
    (address) => {
      expect(() => checkChanges(withEndpoint({ address }), 'allowed')).toThrow('not proxied to');
    },
  );

  it.each([0, 65_536, 1.5, -1, '80', null, undefined, NaN])('refuses %p as a port and as a weight', (number) => {
    expect(() => checkChanges(withEndpoint({ port: number }), 'refused')).toThrow('no port or weight');
    expect(() => checkChanges(withEndpoint({ weight: number }), 'refused')).toThrow('no port or weight');
  });

  it.each(['short', 'ABCDEFGHIJKLMNOP', 'abcdefghijklmno.', 'a'.repeat(41), `${NAME}\n`, 7, undefined])(
    'refuses %p as a name',
    (name) => {
      expect(() => checkChanges([{ name, endpoints: [] }], 'refused')).toThrow('16 to 40 small letters');
    },
  );

  it('refuses more endpoints than any answer has room for', () => {
    const endpoints = Array.from({ length: 10_001 }, () => endpoint);
    expect(() => checkChanges([{ name: NAME, endpoints }], 'refused')).toThrow('at most 10000');
  });

  it('refuses or reads whatever it is given, and throws nothing but its own words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(fc.anything())), (value) => {
        try {
          expect(checkChanges(value, 'refused')).toHaveLength((value as unknown[]).length);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          expect((error as Error).message).toMatch(/endpoint/);
        }
      }),
    );
  });
});
