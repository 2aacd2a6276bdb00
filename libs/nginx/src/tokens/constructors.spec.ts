import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lexNginx } from '../lexer/lex-nginx.ts';
import * as tokens from './constructors.ts';
import { NginxToken, TokenRefused } from './token.ts';

/** What nginx reads where the token stands. */
function readBack(token: NginxToken): string {
  const tree = lexNginx(`x ${NginxToken.print(token)};`);
  if (!tree.ok) throw new Error(tree.error);
  expect(tree.value).toHaveLength(1);
  expect(tree.value[0]?.args).toHaveLength(1);
  return tree.value[0]?.args[0] ?? '';
}

/** Text without what every token refuses. */
const anyText = fc
  .oneof(
    fc.array(fc.constantFrom(...Array.from('"\'\\{};#$~=@^* /an'))).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  .filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed());

describe('tokens', () => {
  it('give back any path as it was put in', () => {
    fc.assert(fc.property(anyText, (text) => expect(readBack(tokens.path(`/${text}`))).toBe(`/${text}`)));
  });

  it('give back any literal without a dollar sign as it was put in', () => {
    const harmless = anyText.filter((text) => !text.includes('$'));
    fc.assert(fc.property(harmless, (text) => expect(readBack(tokens.literal(text))).toBe(text)));
  });

  it.each(['a\nb', 'a\rb', 'a\0b', 'a\tb', 'a\u007fb', 'a\u0085b', '\ud800'])('refuse the text %j', (text) => {
    expect(() => tokens.path(`/${text}`)).toThrow(TokenRefused);
    expect(() => tokens.literal(text)).toThrow(TokenRefused);
  });

  it('refuse what nginx could not read for its length, counted in bytes', () => {
    expect(() => tokens.path(`/${'a'.repeat(3997)}`)).not.toThrow();
    expect(() => tokens.path(`/${'a'.repeat(3998)}`)).toThrow('too long');
    expect(() => tokens.path(`/${'é'.repeat(2000)}`)).toThrow('too long');
    expect(() => tokens.path(`/${'"'.repeat(2000)}`)).toThrow('too long');
  });

  it.each<[string, NginxToken, string]>([
    ['bytes', tokens.size(0), '0'],
    ['bytes', tokens.size(1000), '1000'],
    ['kilobytes', tokens.size(8192), '8k'],
    ['megabytes', tokens.size(2_097_152), '2m'],
    ['seconds', tokens.duration(60_000), '60s'],
    ['milliseconds', tokens.duration(1500), '1500ms'],
    ['an IPv4 address', tokens.addressWithPort('10.0.0.1', 80), '10.0.0.1:80'],
    ['an IPv6 address', tokens.addressWithPort('2001:db8::1', 80), '[2001:db8::1]:80'],
    ['a name', tokens.addressWithPort('db.example.com', 80), 'db.example.com:80'],
    ['a network', tokens.network('10.0.0.0/8'), '10.0.0.0/8'],
    ['an IPv6 network', tokens.network('2001:db8::/32'), '2001:db8::/32'],
    ['a wildcard', tokens.wildcardHostName('*.example.com'), String.raw`"~^[a-z0-9_-]+\\.example\\.com$"`],
  ])('print %s', (_what, token, printed) => {
    expect(NginxToken.print(token)).toBe(printed);
  });

  it.each<[string, () => unknown]>([
    ['a dollar sign in a literal', () => tokens.literal('a$b')],
    ['a path that is a modifier', () => tokens.path('~ /')],
    ['a path that is a named location', () => tokens.path('@x')],
    ['a host name that is a regular expression', () => tokens.hostName('~.*')],
    ['a host name that is a wildcard', () => tokens.hostName('*.example.com')],
    ['a host name that is a suffix', () => tokens.hostName('.example.com')],
    ['an empty host name', () => tokens.hostName('')],
    ['a host name with two words', () => tokens.hostName('a b')],
    ['a host name with a line break at the end', () => tokens.hostName('example.com\n')],
    ['a wildcard of two labels', () => tokens.wildcardHostName('*.*.com')],
    ['a wildcard without a suffix', () => tokens.wildcardHostName('*.')],
    ['a keyword with a semicolon', () => tokens.keyword('a;b')],
    ['a cipher with a quote', () => tokens.opensslCiphers(['a"b'])],
    ['a negative number', () => tokens.integer(-1)],
    ['a fraction', () => tokens.size(1.5)],
    ['not a number', () => tokens.integer(Number.NaN)],
    ['a duration that overflows', () => tokens.duration(2 ** 31)],
    ['a status that nginx keeps for itself', () => tokens.errorStatus(499)],
    ['a status of success', () => tokens.errorStatus(200)],
    ['a redirect that is none', () => tokens.redirectStatus(304)],
    ['a port out of range', () => tokens.addressWithPort('10.0.0.1', 65_536)],
    ['an address with a path', () => tokens.addressWithPort('unix:/x', 80)],
    ['a network of a name', () => tokens.network('all')],
    ['a network that is too narrow', () => tokens.network('10.0.0.0/33')],
    ['a relative file name', () => tokens.fileName('x')],
  ])('refuse %s', (_what, make) => {
    expect(make).toThrow(TokenRefused);
  });

  it('cannot be forged', () => {
    const forged: unknown = Object.create(NginxToken.prototype);
    expect(() => NginxToken.print(forged)).toThrow('tokens only');
    expect(() => NginxToken.print('text')).toThrow('tokens only');
  });
});
