import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isCoveredByWildcard, parseHost } from './parse-host.ts';

const label63 = 'a'.repeat(63);

describe('parseHost', () => {
  it.each([
    'example.com',
    'localhost',
    'a.b.c.d.e',
    '1.example.com',
    '0x7f.example.com',
    'xn--bcher-kva.example',
    '*.example.com',
    '*.com',
    `${label63}.com`,
    [label63, label63, label63, 'a'.repeat(61)].join('.'),
    '127.0.0.1.nip.io',
    'x1',
  ])('takes %s', (host) => {
    expect(parseHost(host)).toEqual({ ok: true, value: host });
  });

  it.each([
    '127.0.0.1',
    '127.0.0.1.',
    '127.0.0.1:80',
    '010.000.000.001',
    '0x7f.1',
    '0X7F.0.0.1',
    '0x7f000001',
    '0x',
    '127.1',
    '127.0.1',
    '2130706433',
    '017700000001',
    '1.2.3',
    '300.1.2.3',
    'foo.0xcafe',
    'example.1',
    '*.1',
    '::1',
    '[::1]',
    '[::1]:8080',
    'fe80::1%eth0',
    '::ffff:127.0.0.1',
    '2001:db8::1',
  ])('refuses %s as an IP address', (host) => {
    expect(parseHost(host)).toMatchObject({ ok: false, error: { kind: 'ip-address' } });
  });

  it.each([
    ['', 'is empty'],
    ['Example.com', 'has upper-case letters, write it as "example.com"'],
    ['example.com.', 'ends in a dot'],
    ['.example.com', 'has an empty label'],
    ['a..b', 'has an empty label'],
    ['example.com:80', 'has a port or a scheme, and only the name is allowed'],
    ['http://example.com', 'has a port or a scheme, and only the name is allowed'],
    ['a_b.example.com', 'has characters other than letters, digits, hyphens and dots'],
    ['bücher.example', 'has characters other than letters, digits, hyphens and dots'],
    ['a b', 'has characters other than letters, digits, hyphens and dots'],
    ['a\n', 'has characters other than letters, digits, hyphens and dots'],
    ['a;b', 'has characters other than letters, digits, hyphens and dots'],
    ['\u0661\u0662\u0667.0.0.\u0661', 'has characters other than letters, digits, hyphens and dots'],
    ['-a.com', 'has a label that begins or ends with a hyphen'],
    ['a-.com', 'has a label that begins or ends with a hyphen'],
    [`${label63}a.com`, 'has a label of 64 characters, more than 63'],
    [[label63, label63, label63, 'a'.repeat(62)].join('.'), 'has 254 characters, more than 253'],
    ['*', 'is `*` alone, leave the host out to match every name'],
    ['*.', 'ends in a dot'],
    ['a.*.com', 'has a `*` that is not the whole first label'],
    ['*a.com', 'has a `*` that is not the whole first label'],
    ['*.*.com', 'has a `*` that is not the whole first label'],
    ['_', 'has characters other than letters, digits, hyphens and dots'],
  ])('refuses %j, because it %s', (host, reason) => {
    expect(parseHost(host)).toEqual({ ok: false, error: { kind: 'name', reason } });
  });

  it('takes only what the URL standard leaves as it is, and never takes for an address', () => {
    const part = fc.oneof(
      fc.stringMatching(/^[a-z0-9-]{1,6}$/),
      fc.constantFrom('0x1f', '127', '0', '0x', '1e3', '09', '0xg', 'xn', '*', '', '::'),
      fc.string({ maxLength: 3, unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const host = parts.join('.');
        if (!parseHost(host).ok || host.includes('xn--')) return;
        const name = host.replace(/^\*\./, '');
        expect(new URL(`http://${name}/`).hostname).toBe(name);
        expect(name).toMatch(/^[a-z0-9.-]+$/);
        expect(name.split('.').at(-1)).not.toMatch(/^[0-9]+$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses every way to write an IPv4 address', () => {
    const number = (value: number) =>
      fc.constantFrom(String(value), `0x${value.toString(16)}`, `0${value.toString(8)}`, `000${value.toString(8)}`);
    const byte = fc.nat(255).chain(number);
    const forms = fc.oneof(
      fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.')),
      fc.tuple(byte, byte, fc.nat(65_535).chain(number)).map((parts) => parts.join('.')),
      fc.tuple(byte, fc.nat(16_777_215).chain(number)).map((parts) => parts.join('.')),
      fc.nat(4_294_967_295).chain(number),
    );
    fc.assert(
      fc.property(forms, fc.constantFrom('', '.', ':80'), (address, end) => {
        expect(parseHost(address + end)).toMatchObject({ ok: false, error: { kind: 'ip-address' } });
      }),
    );
  });

  it('refuses every IPv6 address', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.boolean(), (address, hasBrackets) => {
        const text = hasBrackets ? `[${address}]` : address;
        expect(parseHost(text)).toMatchObject({ ok: false, error: { kind: 'ip-address' } });
      }),
    );
  });

  it('is linear in hostile text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => typeof parseHost(text).ok === 'boolean'),
    );
  });
});

describe('isCoveredByWildcard', () => {
  it.each([
    ['a.example.com', '*.example.com', true],
    ['example.com', '*.example.com', false],
    ['a.b.example.com', '*.example.com', false],
    ['*.example.com', '*.example.com', false],
    ['a.example.org', '*.example.com', false],
    ['.example.com', '*.example.com', false],
    ['', '*.example.com', false],
    ['a.example.com', 'a.example.com', false],
  ])('says of %j and %j: %j', (host, pattern, expected) => {
    expect(isCoveredByWildcard(host, pattern)).toBe(expected);
  });
});
