import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePath, prefixPath } from './parse-path.ts';

describe('parsePath', () => {
  it.each([
    ['', '/'],
    ['/', '/'],
    ['/foo', '/foo'],
    ['/foo/', '/foo/'],
    ['/f%6fo', '/foo'],
    ['/caf%C3%A9', '/café'],
    ['/café', '/café'],
    ['/100%', '/100%'],
    ['/100%2', '/100%2'],
    ['/%zz', '/%zz'],
    ['/a%252Fb', '/a%2Fb'],
    ['/a%20b', '/a b'],
    ['/a b', '/a b'],
    ['/a+b', '/a+b'],
    ['/a?b#c', '/a?b#c'],
    ['/...', '/...'],
    ['/.well-known/acme-challenge', '/.well-known/acme-challenge'],
    ['/a..b', '/a..b'],
    ['/"; return 200 {}$uri\\', '/"; return 200 {}$uri\\'],
    ['/%EF%BB%BFa', '/\ufeffa'],
  ])('reads %j as %j', (text, path) => {
    expect(parsePath(text)).toEqual({ ok: true, value: path });
  });

  it.each([
    ['foo', 'does not begin with a slash'],
    ['%2Ffoo', 'does not begin with a slash'],
    ['//', 'has an empty element (`//`), and slashes are merged before paths are compared'],
    ['/a//b', 'has an empty element (`//`), and slashes are merged before paths are compared'],
    ['/a/./b', 'has a `.` or `..` element, and these are resolved before paths are compared'],
    ['/a/%2e%2E/b', 'has a `.` or `..` element, and these are resolved before paths are compared'],
    ['/..', 'has a `.` or `..` element, and these are resolved before paths are compared'],
    ['/a/.', 'has a `.` or `..` element, and these are resolved before paths are compared'],
    ['/a%2Fb', 'has an encoded slash (%2F), which nginx decodes before it compares paths'],
    ['/a%2fb', 'has an encoded slash (%2F), which nginx decodes before it compares paths'],
    ['/a%00b', 'has control characters'],
    ['/a%0Ab', 'has control characters'],
    ['/a%7f', 'has control characters'],
    ['/a%C2%85', 'has control characters'],
    ['/a\nb', 'has control characters'],
    ['/a\u0000b', 'has control characters'],
    ['/%FF', 'has escapes (%XX) that are not UTF-8'],
    ['/%C3', 'has escapes (%XX) that are not UTF-8'],
    ['/%ED%A0%80', 'has escapes (%XX) that are not UTF-8'],
    ['/\ud800', 'is not valid Unicode'],
    [`/${'a'.repeat(2048)}`, 'is longer than 2048 bytes'],
    [`/${'é'.repeat(1024)}`, 'is longer than 2048 bytes'],
    [`/${'\\'.repeat(1024)}`, 'is longer than 2048 bytes'],
    [`/${'.'.repeat(1300)}`, 'has too many characters that are escaped when it is written as an expression'],
    [`/${'\\'.repeat(1000)}`, 'has too many characters that are escaped when it is written as an expression'],
  ])('refuses %j, because it %s', (text, reason) => {
    expect(parsePath(text)).toEqual({ ok: false, error: reason });
  });

  it('takes the longest path', () => {
    expect(parsePath(`/${'a'.repeat(2047)}`).ok).toBe(true);
    expect(parsePath(`/${'"'.repeat(1023)}`).ok).toBe(true);
    expect(parsePath(`/${'.'.repeat(1299)}`).ok).toBe(true);
    expect(parsePath(`/${'\\'.repeat(974)}`).ok).toBe(true);
  });

  it('gives back any path that was encoded whole', () => {
    const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => {
      return !/[/\p{Cc}]/u.test(text) && text !== '.' && text !== '..' && text.isWellFormed();
    });
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const path = `/${segments.join('/')}`;
        const encoded = `/${segments.map(encodeURIComponent).join('/')}`;
        expect(parsePath(encoded)).toEqual({ ok: true, value: path });
      }),
    );
  });

  it('never throws, and never gives a path that nginx could not arrive at', () => {
    const piece = fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2F',
      '%',
      '%0',
      '%41',
      '%C3%A9',
      'a',
      '"',
      '\\',
      '\n',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const parsed = parsePath(text);
          if (!parsed.ok) return;
          expect(parsed.value.startsWith('/')).toBe(true);
          expect(new URL(parsed.value.replace(/[%?#\\]/g, 'x'), 'http://h').pathname.length).toBeGreaterThanOrEqual(1);
          expect(parsed.value).not.toMatch(/\/\/|\/\.\.?(\/|$)/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('prefixPath', () => {
  it.each([
    ['/', '/'],
    ['/foo', '/foo'],
    ['/foo/', '/foo'],
  ])('brings %s to %s', (path, expected) => {
    expect(prefixPath(path)).toBe(expected);
  });
});
