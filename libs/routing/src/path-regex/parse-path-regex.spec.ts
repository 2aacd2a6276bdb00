import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePathRegex } from './parse-path-regex.ts';

describe('parsePathRegex', () => {
  it.each([
    '/something(/|$)(.*)',
    '/(?:a|b)(/.*)?',
    '/v[0-9]+/x',
    '/api/(v1|v2)/(.*)',
    '/foo/.*\\.(png|jpg)$',
    '/(.+)',
    '/(.*)',
    '/.*',
    '/',
    '/(?!api|static).*',
    '/(?=x)x',
    '/(?i)Foo',
    '/(?:/[^/]+)*',
    '/([^/]+)/([^/]+)/([^/]+)/([^/]+)/([^/]+)/([^/]+)',
    '/([0-9]{1,3}\\.){3}[0-9]{1,3}$',
    '/api/(.*)/users/(.*)',
    '/[[:alpha:]_-]+',
    '/[^]a]?x'.replace('[^]a]', '[^a\\]]'),
    '/[-a][a-][*.+?()|{}^$]',
    '/[\\w\\-.]+',
    '/\\d{2,}?\\s\\S\\D\\W\\b\\B',
    '/a\\.b\\/c\\-d\\{e\\}',
    '/café/(.*)',
    '/foo(bar)?baz',
    '/(users|uploads|u)/(.*)',
    '/]}',
    '/a{3}b{2,5}c{1,}',
    '/foo\\?x',
    '/(foo|foobar)/x',
  ])('takes %s', (path) => {
    expect(parsePathRegex(path)).toMatchObject({ ok: true, value: { text: path } });
  });

  it('drops one ^ at the start, for the expression is anchored there anyway', () => {
    expect(parsePathRegex('^/foo')).toMatchObject({ ok: true, value: { text: '/foo' } });
    expect(parsePathRegex('')).toMatchObject({ ok: true, value: { text: '/' } });
  });

  it.each([
    ['/foo', 0],
    ['/foo(/|$)(.*)', 2],
    ['/(?:a|b)(?=c)(?!d)(?i)', 0],
    ['/((a)(?:b(c)))', 3],
    ['/\\(a[(]b(c)', 1],
    ['/(a){3}', 1],
  ])('counts the capturing groups of %s: %d', (path, captures) => {
    expect(parsePathRegex(path)).toEqual({ ok: true, value: { text: path, captures } });
  });

  it.each([
    ['foo', 'it does not begin with a slash'],
    ['(/foo)', 'it does not begin with a slash'],
    ['^^/', 'it does not begin with a slash'],
    ['/a\nb', 'it has control characters'],
    ['/\ud800', 'it is not valid Unicode'],
    [`/${'a'.repeat(512)}`, 'it is longer than 512 characters'],
    ['/a|/b', 'a | outside of a group would leave what follows it unanchored; write /(?:a|b)'],
    ['/(a', 'a ( is never closed'],
    ['/a)', 'a ) closes nothing'],
    ['/[a', 'a [ is never closed'],
    ['/[a\\]', 'a [ is never closed'],
    ['/[]a]', 'an empty [] or [^] is read differently by different engines'],
    ['/[^]x]', 'an empty [] or [^] is read differently by different engines'],
    ['/[:alpha:]', 'a [ ] may not begin with one of : . ='],
    ['/[.a.]', 'a [ ] may not begin with one of : . ='],
    ['/[z-a]', 'the range that begins with "z-" does not go upwards'],
    ['/[a-\\d]', 'the range that begins with "a-" does not go upwards'],
    ['/[A-[:digit:]]', 'the range that begins with "A-" does not go upwards'],
    ['/[\\d-z]', 'a class such as \\d cannot begin a range in [ ]'],
    ['/[[:nope:]]', 'a [: in [ ] begins no known POSIX class'],
    ['/[[.a.]]', 'a [: in [ ] begins no known POSIX class'],
    ['/[é]', 'only printable ASCII characters may stand in [ ]'],
    ['/*', undefined],
    ['/**', 'one quantifier directly follows another'],
    ['/a+*', 'one quantifier directly follows another'],
    ['/a{2}{3}', 'one quantifier directly follows another'],
    ['/(*ACCEPT)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?<n>a)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?P<n>a)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?<=a)b', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?>a)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?R)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?C1)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?(1)a|b)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?s)a', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(?#c)', 'of groups that begin with (? or (* only (?:…), (?=…), (?!…) and (?i) are supported'],
    ['/(a)\\1', '\\1 is not supported; of letters only \\d \\D \\w \\W \\s \\S \\b \\B are'],
    ['/\\Qa', '\\Q is not supported; of letters only \\d \\D \\w \\W \\s \\S \\b \\B are'],
    ['/\\x41', '\\x is not supported; of letters only \\d \\D \\w \\W \\s \\S \\b \\B are'],
    ['/\\', 'it ends in a backslash'],
    ['/a++', 'possessive quantifiers are not supported'],
    ['/a{', 'a { begins no count such as {2,5}; write \\{ for the character'],
    ['/a{,3}', 'a { begins no count such as {2,5}; write \\{ for the character'],
    ['/(?:{)', 'a { has nothing before it; write \\{ for the character'],
    ['/a{1001}', 'a count is larger than 1000'],
    ['/a{1,1001}', 'a count is larger than 1000'],
    ['/a{3,2}', 'the count {3,2} does not go upwards'],
    ['/a{0}', 'the count {0} does not go upwards'],
    ['/(?:+)', 'a quantifier has nothing before it'],
    ['/^*', 'a quantifier follows something that cannot be repeated'],
    ['/(?!a)*', 'a quantifier follows something that cannot be repeated'],
    ['/é+', 'a quantifier follows something that cannot be repeated'],
    [`/${'('.repeat(11)}a${')'.repeat(11)}`, 'it has more than 9 captures'],
    [`/${'(?:'.repeat(11)}a${')'.repeat(11)}`, 'groups are nested more than 10 deep'],
    ['/(?:(?:abc){100}){1000}', 'its counts make it too large when it is compiled'],
  ])('judges %j: %s', (path, reason) => {
    const parsed = parsePathRegex(path);
    expect(parsed.ok ? undefined : parsed.error).toBe(reason);
  });

  it.each([
    '/(a+)+',
    '/(a+)+$',
    '/(a*)*',
    '/(a|a)*$',
    '/(a|ab)*c',
    '/(.*)*',
    '/(.*a){20}',
    '/(a?){50}a',
    '/([a-z]+)*[0-9]',
    '/(\\w+\\s?)*$',
    '/(x+x+)+y',
    '/((?!admin).)*$',
    '/(a?b?)*',
    '/(a|)+',
    `/${'a?'.repeat(30)}${'a'.repeat(30)}`,
    `/${'(a|a)'.repeat(9)}${'(?:a|ab)'.repeat(20)}c`,
    '/(.*)a(.*)b(.*)c(.*)d',
    '/.*.*.*.*x',
    '/(?:[^/]*a){2,5}',
    '/(?=(a+)+$)a',
    `/${'a{0,500}'.repeat(5)}b`,
  ])('refuses %s, which could be made to run for ever', (path) => {
    expect(parsePathRegex(path)).toMatchObject({ ok: false });
  });

  const token = fc.constantFrom(
    ...[
      'a',
      'b',
      '/',
      '.',
      '[ab]',
      '[^/]',
      '\\d',
      '(',
      ')',
      '(?:',
      '(?=',
      '(?!',
      '|',
      '*',
      '+',
      '?',
      '{2}',
      '{1,3}',
      '$',
    ],
  );
  const expression = fc.array(token, { maxLength: 14 }).map((tokens) => `/${tokens.join('')}`);

  it('counts groups as another engine does', () => {
    fc.assert(
      fc.property(expression, (path) => {
        const parsed = parsePathRegex(path);
        const groups = parsed.ok && (new RegExp(`${parsed.value.text}|`).exec('') ?? []).length - 1;
        expect(parsed.ok && parsed.value.captures).toBe(groups);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes nothing that a backtracking engine needs long for', () => {
    const pumps = fc.constantFrom('a', 'ab', '/', 'a/', '1', 'aab', '/a1');
    fc.assert(
      fc.property(expression, pumps, fc.constantFrom('', '!', '\n', 'b'), (path, pump, end) => {
        const parsed = parsePathRegex(path);
        if (!parsed.ok) return;
        const subject = `/${pump.repeat(400)}${end}`;
        const start = performance.now();
        new RegExp(`^${parsed.value.text}`, 'i').test(subject);
        expect(performance.now() - start).toBeLessThan(2000);
      }),
      { numRuns: 20_000 },
    );
  }, 60_000);

  it('takes enough of what is written at random for the property above to say something', () => {
    const taken = fc.sample(expression, 3000).filter((path) => parsePathRegex(path).ok && /[*+{]/.test(path));
    expect(taken.length).toBeGreaterThan(50);
  });

  it('never throws, and is quick with hostile text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          expression,
          fc.string({ unit: 'binary' }).map((text) => `/${text}`),
        ),
        (path) => {
          expect(typeof parsePathRegex(path).ok).toBe('boolean');
        },
      ),
    );
    for (const part of ['a|', '(?:a|', '[', '(?:', 'a?', '\\', '[[:', '(?=', 'ab|ac|', '.*']) {
      const start = performance.now();
      parsePathRegex(`/(?:${part.repeat(512 / part.length - 2)})`);
      expect(performance.now() - start).toBeLessThan(500);
    }
  });
});
