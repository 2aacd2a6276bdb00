import { describe, expect, it } from '@jest/globals';
import { ok } from '@gatehouse/core';
import fc from 'fast-check';
import { bool } from './bool.ts';
import { durationAsMs, integer, secondsAsMs } from './integer.ts';
import { rewriteTarget } from './interpolated-text.ts';
import { cidrList, statusCodeList } from './lists.ts';
import { isHostname } from './names.ts';
import { oneOf } from './one-of.ts';
import { nginxSize } from './size.ts';
import { tlsProtocols } from './tls.ts';
import { workerCount } from './worker-count.ts';

const size = nginxSize({ maxGigabytes: 4, zero: 'noLimit' });
const protocol = oneOf({ words: ['HTTP', 'GRPC'], letterCase: 'any', refused: { FCGI: 'nobody speaks it' } });

describe('a combinator', () => {
  it.each([
    ['a truth', bool, ' T\n', true],
    ['a falsehood', bool, '0', false],
    ['bytes without a unit', size, '1024', 1024],
    ['bytes with b', size, '7b', 7],
    ['kilobytes', size, '64K', 65_536],
    ['megabytes', size, '8m', 8_388_608],
    ['gigabytes', size, '4G', 4_294_967_296],
    ['no limit', size, '0', 0],
    ['seconds', secondsAsMs({ min: 0, max: 90 }), '60', 60_000],
    ['seconds with s', secondsAsMs({ min: 0, max: 90 }), '90s', 90_000],
    ['hours', durationAsMs({ min: 0, max: 86_400 }), '2h', 7_200_000],
    ['a word in another case', protocol, 'grpc', 'GRPC'],
    ['status codes, sorted and once each', statusCodeList, '503, 404,503', [404, 503]],
    ['TLS versions, oldest first', tlsProtocols, 'TLSv1.3 TLSv1.2', ['TLSv1.2', 'TLSv1.3']],
    ['the number of processors', workerCount, 'auto', 0],
    ['a number of workers', workerCount, '4', 4],
    [
      'a path with a capture',
      rewriteTarget,
      '/$1',
      [
        { kind: 'text', text: '/' },
        { kind: 'variable', name: '1' },
      ],
    ],
    [
      'networks, canonical, sorted, once each, IPv4 first',
      cidrList,
      '2001:DB8:0:0::1/32,\n 10.1.2.3/8, 10.0.0.0/8, 9.9.9.9, ::ffff:1.2.3.4',
      ['1.2.3.4/32', '9.9.9.9/32', '10.0.0.0/8', '2001:db8::/32'],
    ],
  ])('reads %s', (_, combinator, text, value) => {
    expect(combinator.parse(text)).toEqual(ok(value));
  });

  it.each([
    [
      'a whole number from 1 to 9',
      integer({ min: 1, max: 9 }),
      '10',
      '"10" is not a whole number from 1 to 9: it is too large',
    ],
    ['an empty value', bool, ' ', 'the value is empty; it must be true or false'],
    ['a refused word', protocol, 'fcgi', '"fcgi" is not one of HTTP, GRPC: nobody speaks it'],
    ['a line break', bool, 'tr\rue', '"tr\\rue" is not true or false: it holds characters other than printable ASCII'],
    [
      'an item of a list',
      cidrList,
      '10.0.0.0/8, 10.0.0.0/40',
      '"10.0.0.0/8, 10.0.0.0/40" is not a comma separated list of IP addresses and networks such as 10.0.0.0/8, 2001:db8::1: item 2, "10.0.0.0/40": what follows the slash is no number from 0 to 32',
    ],
    [
      'a variable',
      rewriteTarget,
      '/$http_host',
      '"/$http_host" is not a path such as /$1: $http_host cannot be used here, only $1 to $9, $uri, $host, $namespace, $ingress_name, $service_name, $service_port',
    ],
  ])('says what is wrong with %s', (_, combinator, text, error) => {
    expect(combinator.parse(text)).toEqual({ ok: false, error });
  });

  it('refuses what could become a token that nginx finds too long', () => {
    expect(rewriteTarget.parse(`/${'a'.repeat(1499)}`).ok).toBe(true);
    expect(rewriteTarget.parse(`/${'a'.repeat(1500)}`)).toMatchObject({
      error: expect.stringContaining('1500 are the most'),
    });
  });

  it('takes at most 2000 networks', () => {
    const networks = (count: number) => Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(',');
    expect(cidrList.parse(networks(2000))).toMatchObject({ ok: true, value: { length: 2000 } });
    expect(cidrList.parse(networks(2001))).toMatchObject({ error: expect.stringContaining('2001 networks') });
  });

  it('gives a list of networks that reads as itself', () => {
    const addresses = fc.array(
      fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        fc.ipV4Extended().filter((text) => /^\d+(\.\d+){3}$/.test(text) && !/(^|\.)0\d/.test(text)),
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(addresses, (list) => {
        const once = cidrList.parse(list.join(','));
        if (!once.ok) throw new Error(once.error);
        expect(cidrList.parse(once.value.toReversed().join(', '))).toEqual(once);
      }),
    );
  });
});

describe('a hostname', () => {
  it.each(['a', 'a.b', 'xn--bcher-kva.example', '1.2.3.4', 'a-b.c', 'a'.repeat(63)])('can be %s', (name) => {
    expect(isHostname(name)).toBe(true);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', '-a', 'a-', 'A', 'a_b', '*.a', 'a:1', 'a'.repeat(64), 'a.'.repeat(127) + 'a'])(
    'cannot be %j',
    (name) => {
      expect(isHostname(name)).toBe(false);
    },
  );
});
