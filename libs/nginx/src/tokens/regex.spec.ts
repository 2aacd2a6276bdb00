import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anchoredRegex, anchoredRegexIgnoringCase, escapeRegex, exactRegex, prefixRegex } from './regex.ts';
import { NginxToken, TokenRefused } from './token.ts';

describe('regular expressions', () => {
  it.each([
    ['/foo/(.*)', '"^(?:/foo/(.*))"'],
    ['/a|/b', '"^(?:/a|/b)"'],
    [String.raw`/v\d+(?:/|$)(.*)`, String.raw`"^(?:/v\\d+(?:/|$)(.*))"`],
    ['/[^)(]+', '"^(?:/[^)(]+)"'],
    ['/[]()]x', '"^(?:/[]()]x)"'],
    ['/[[:alpha:]]{2,3}', '"^(?:/[[:alpha:]]{2,3})"'],
    [String.raw`/\(\[`, String.raw`"^(?:/\\(\\[)"`],
    ['/(?i)x(?!y)', '"^(?:/(?i)x(?!y))"'],
  ])('anchors %j whole', (expression, printed) => {
    expect(NginxToken.print(anchoredRegex(expression))).toBe(printed);
  });

  it('ignores case in rewrite by an option', () => {
    expect(NginxToken.print(anchoredRegexIgnoringCase('/a'))).toBe('"(?i)^(?:/a)"');
  });

  it.each([
    ['leaves the group', '/a)|(?:/b'],
    ['does not close a group', '/a(b'],
    ['does not close a class', '/a[b'],
    ['hides a parenthesis in what only looks like a class', '/[[:x])|(:]]'],
    ['hides a parenthesis in a collating symbol', '/[[.])|(.]]'],
    ['hides a parenthesis in a quotation', String.raw`/\Q(\E)|x`],
    ['hides a parenthesis in a quotation within a class', String.raw`/[\Q]\E)]`],
    ['hides a parenthesis in a control escape', String.raw`/\c\)|(x`],
    ['hides a parenthesis in a comment', '/a(?#)|(x)'],
    ['lets a number sign begin a comment', '/a(?x) #'],
    ['names a group', '/(?<host>x)'],
    ['names a group in the manner of Python', '/(?P<host>x)'],
    ['names a group with quotes', "/(?'host'x)"],
    ['has a verb', '/(*ACCEPT)'],
    ['calls itself', '/(?R)'],
    ['branches with numbers reset', '/(?|(a)|(b))'],
    ['ends with a backslash', '/a\\'],
    ['holds a line break', '/a\nb'],
  ])('refuses an expression that %s', (_what, expression) => {
    expect(() => anchoredRegex(expression)).toThrow(TokenRefused);
  });

  it('reads within bounds whatever it gets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from('()[]\\?:*^|<QE.=ax'))).map((parts) => parts.join('')),
        (expression) => {
          try {
            anchoredRegex(expression);
          } catch (error) {
            expect(error).toBeInstanceOf(TokenRefused);
          }
        },
      ),
    );
  });

  it('escapes text so that it matches itself alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        const pattern = new RegExp(`^${escapeRegex(text).replace(/\\([#\s])/g, '$1')}$`);
        expect(pattern.test(text)).toBe(true);
        if (other !== text && !other.startsWith(text)) expect(pattern.test(other)).toBe(false);
      }),
    );
  });

  it('ends paths where they end, not before a line break', () => {
    expect(NginxToken.print(prefixRegex('/a.b'))).toBe(String.raw`"^/a\\.b(?:/|\\z)"`);
    expect(NginxToken.print(exactRegex('/a/'))).toBe(String.raw`"^/a/\\z"`);
  });
});
