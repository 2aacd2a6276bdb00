import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isIP } from 'node:net';
import { coveringWildcard, parseHost } from './parse-host.ts';

const label63 = 'a'.repeat(63);

describe('parseHost', () => {
  it.each([
    'example.com',
    'localhost',
    'a.b.c.d.e',
    '1.example.com',
    '0x7f.example.com',
    'xn--bcher-kva.example',
    'xn--fiqs8s',
    '*.xn--bcher-kva.example',
    'r3---sn-4g5e6nez.example.com',
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
    [
      'bücher.example',
      'has characters other than letters, digits, hyphens and dots; "bücher" is written as "xn--bcher-kva"',
    ],
    [
      'p\u0430yments.example',
      'has characters other than letters, digits, hyphens and dots; "p\u0430yments" is written as "xn--pyments-2fg"',
    ],
    ['Bücher_.example', 'has characters other than letters, digits, hyphens and dots'],
    ['a\u202e.example', 'has characters other than letters, digits, hyphens and dots'],
    ['A\u202e.example', 'has characters other than letters, digits, hyphens and dots'],
    ['shop\u3002example', 'has characters other than letters, digits, hyphens and dots'],
    ['Shop_x.example', 'has characters other than letters, digits, hyphens and dots'],
    ['user@example.com', 'has characters other than letters, digits, hyphens and dots'],
    ['example.com/x', 'has characters other than letters, digits, hyphens and dots'],
    ['a\0', 'has characters other than letters, digits, hyphens and dots'],
    ['xn--a-.example', 'has a label that begins or ends with a hyphen'],
    ['xn--abc-.example', 'has a label that begins or ends with a hyphen'],
    ['a.xn--bcher-kv', 'has a label, "xn--bcher-kv", that decodes to nothing'],
    ['xn--abc-7q0a.x', 'has a label, "xn--abc-7q0a", that decodes to something that is not written like that'],
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

  describe('against the URL parser of browsers', () => {
    const octet = fc.constantFrom(
      '127',
      '0x7f',
      '0177',
      '1',
      '0',
      '256',
      '１２７',
      '%31',
      '\u06f1',
      '𝟙',
      '①',
      '1\u00ad',
      '1_',
    );
    const text = fc.oneof(
      fc.array(octet, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
      fc.tuple(fc.ipV4Extended(), fc.constantFrom('', '.', ':80', '/', '?', '#')).map((parts) => parts.join('')),
      fc.tuple(fc.constantFrom('a@', '\t', ' ', '\n', '//', '\\'), fc.ipV4()).map((parts) => parts.join('')),
      fc.ipV6().map((address) => `[${address}]`),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.stringMatching(/^[0-9a-fx.:[\]%]{1,12}$/),
    );
    const hostOf = (host: string): string => (URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '');
    const isAddress = (host: string): boolean => host.startsWith('[') || isIP(host) !== 0;

    it('refuses whatever it takes for an address', () => {
      let addresses = 0;
      fc.assert(
        fc.property(text, (host) => {
          if (!isAddress(host) && !isAddress(hostOf(host))) return;
          addresses += 1;
          expect(parseHost(host).ok).toBe(false);
          expect(parseHost(`*.${host}`).ok).toBe(false);
        }),
        { numRuns: 3000 },
      );
      expect(addresses).toBeGreaterThan(500);
    });

    it('takes nothing but what it leaves as it is', () => {
      fc.assert(
        fc.property(text, (host) => {
          if (parseHost(host).ok) expect(hostOf(host)).toBe(host);
        }),
        { numRuns: 2000 },
      );
    });
  });

  describe('holds the rules of RFC 1123', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/).filter((one) => !one.startsWith('xn--'));
    const name = fc
      .tuple(fc.array(label, { maxLength: 3 }), fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/), fc.boolean())
      .map(([labels, last, isWild]) => [...(isWild ? ['*'] : []), ...labels, last].join('.'));

    it('takes every name that keeps them', () => {
      fc.assert(
        fc.property(name, (host) => {
          expect(parseHost(host)).toEqual({ ok: true, value: host });
        }),
      );
    });

    it.each<[string, (host: string, at: number) => string]>([
      ['a capital', (host, at) => `${host.slice(0, at)}A${host.slice(at)}`],
      ['an underscore', (host, at) => `${host.slice(0, at)}_${host.slice(at)}`],
      ['a blank', (host, at) => `${host.slice(0, at)} ${host.slice(at)}`],
      ['a line break', (host, at) => `${host.slice(0, at)}\n${host.slice(at)}`],
      ['a letter of another script', (host, at) => `${host.slice(0, at)}\u0430${host.slice(at)}`],
      ['an asterisk', (host, at) => `${host.slice(0, at)}x*${host.slice(at)}`],
      ['a slash', (host, at) => `${host.slice(0, at)}/${host.slice(at)}`],
      ['an empty label', (host, at) => `${host.slice(0, at)}..${host.slice(at)}`],
      ['a label that ends in a hyphen', (host, at) => `${host.slice(0, at)}-.${host.slice(at)}`],
      ['a long label', (host) => `${host}.${'a'.repeat(64)}`],
      ['too many labels', (host) => `${'abc.'.repeat(64)}${host.replace('*.', '')}`],
      ['a number at the end', (host) => `${host}.1`],
      ['a port', (host) => `${host}:80`],
      ['a scheme', (host) => `https://${host}`],
      ['a dot at the end', (host) => `${host}.`],
      ['a dot in front', (host) => `.${host}`],
    ])('refuses any name after %s came in anywhere', (_, mutate) => {
      fc.assert(
        fc.property(name, fc.nat(), (host, at) => {
          expect(parseHost(mutate(host, at % (host.length + 1))).ok).toBe(false);
        }),
      );
    });
  });

  it('answers any text with one that can be printed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const parsed = parseHost(text);
        if (!parsed.ok) expect(parsed.error.reason).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('the wildcard that covers a host', () => {
  it.each([
    ['a.example.com', '*.example.com'],
    ['a.b.example.com', '*.b.example.com'],
    ['example.com', '*.com'],
    ['com', undefined],
    ['*.example.com', undefined],
    ['.example.com', undefined],
    ['', undefined],
  ])('for %j is %j', (host, expected) => {
    expect(coveringWildcard(host)).toBe(expected);
  });
});
