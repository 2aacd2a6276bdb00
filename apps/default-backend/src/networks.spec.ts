import { describe, expect, it } from '@jest/globals';
import { networkInterfaces } from 'node:os';
import { networkNames, networksOf } from './networks.ts';

const flag = networkNames({ default: ['private'], summary: 'Whom to believe' });

describe('networks named by a flag', () => {
  it('are gathered from each time it is given, in one form', () => {
    expect(flag.parse(['private, 10.1.2.3/8', '2001:DB8::/32', '', '192.0.2.1'])).toEqual({
      ok: true,
      value: ['private', '10.0.0.0/8', '2001:db8::/32', '192.0.2.1/32'],
    });
    expect(flag.parse([''])).toEqual({ ok: true, value: [] });
  });

  it.each(['10.0.0.0/33', '10.0.0', 'public', '10.0.0.0/8;', '::/129', '1.2.3.4/-1', 'Private'])(
    'are refused when one is %s',
    (text) => {
      expect(flag.parse([`10.0.0.0/8,${text}`])).toMatchObject({ ok: false, error: expect.stringContaining(text) });
    },
  );
});

describe('a set of networks', () => {
  it.each([
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '::ffff:10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.0.0.0/8'], '::ffff:11.0.0.1', false],
    [['10.0.0.0/8'], '::10.0.0.1', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['0.0.0.0/0'], '203.0.113.1', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['::/0'], '2001:db8::1', true],
    [[], '127.0.0.1', false],
    [['private'], '127.0.0.1', true],
    [['private'], '::1', true],
    [['private'], '100.64.3.2', true],
    [['private'], '172.31.255.255', true],
    [['private'], '172.32.0.0', false],
    [['private'], '240.10.0.9', true],
    [['private'], 'fd00:10:244::5', true],
    [['private'], '8.8.8.8', false],
    [['private'], '2600:1f18::1', false],
    [['private', '8.8.8.0/24'], '8.8.8.8', true],
  ])('%j has %s: %s', (names, address, expected) => {
    expect(networksOf(names)(address)).toBe(expected);
  });

  it.each([undefined, '', 'unix:', '10.0.0.1:80', '10.0.0', ' 10.0.0.1', 'localhost'])('has no %j', (address) => {
    expect(networksOf(['0.0.0.0/0', '::/0'])(address)).toBe(false);
  });

  it('of neighbours has those that are close to an own address', () => {
    const isNeighbour = networksOf(['neighbours']);
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const { address, family } of addresses.filter(({ internal }) => !internal)) {
      expect(isNeighbour(address)).toBe(true);
      if (family === 'IPv4') expect(isNeighbour(address.replace(/[0-9]+\.[0-9]+$/, '255.1'))).toBe(true);
    }
    expect(isNeighbour('8.8.8.8')).toBe(false);
    expect(isNeighbour('2600:1f18::1')).toBe(false);
  });
});
