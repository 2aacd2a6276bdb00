/**
 * Duty: texts of somebody who wants to break out of the place where his text ends up. Most bear a mark, so
 * that they are found again wherever they went.
 */
import fc from 'fast-check';

/** In most hostile texts, and in no configuration that nobody attacks. Could be part of a name. */
export const MARK = 'zqx';

/** Values that look as if they were in order, and are too much for somebody behind. */
export const extremeValues: readonly string[] = [
  '0 -1 1e9 2147483 2147484 31536000 2147483647 2147483648 4294967295 999999999999 99999999999999999999 0x10 1.5',
  '1048576g 8796093022208m 24d 86400s 512 499 400,599 ::/0 on off true TLSv1.2 / /( /a,/a*b',
  'no-such-cipher ALL:!ALL PSK HIGH:@SECLEVEL=5 @SECLEVEL=0 HIGH:!AESGCM !aNULL DEFAULT:!aNULL:!MD5',
  'ECDHE+AESGCM:!aNULL EECDH+CHACHA20:!RSA TLSv1.2:!SHA1:!kRSA HIGH:!EXP:!RC4:!3DES:@STRENGTH kEECDH:-DHE:!ARIA',
].flatMap((line) => line.split(' '));

const breakouts = [
  ...extremeValues,
  ...[
    '"',
    "'",
    '\\',
    '\\"',
    '\\\\"',
    '\\\\',
    ';',
    '{',
    '}',
    '#',
    ' ',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\0',
    '\u007f',
    '\u0085',
  ],
  ...['\u2028', '\u2029', '\u00a0', '\ufeff', '\u202e', 'é', '😀', '\ud800', '\udfff'],
  ...['$', '$$', '${', '${}', '$host', '${host}', '$1', '$zqx', '${gatehouse_dollar}', '$http_x', '$arg_x', '$uri'],
  ...['$namespace', '$service_name', '${service_port}', '$request_uri', '$args', '$is_args', '$scheme'],
  ...['; return 200 zqx;', '"; return 200 "zqx', '") { return 200 zqx; } #', '; } location /zqx { return 200 zqx;'],
  ...[
    '}} server { listen 1; } http {',
    '";}location~*zqx{proxy_pass http://zqx;}#',
    '\n#',
    '# zqx\n',
    ' zqx_directive on;',
  ],
  ...[
    'load_module /tmp/zqx.so;',
    'include /etc/passwd;',
    'alias /;',
    'lua_code_cache off;',
    'content_by_lua_block { zqx }',
  ],
  ...[
    '{{x}}',
    '{{{x}}}',
    '{{&x}}',
    '{{/locations}}',
    '{{> body}}',
    '{{! x }}',
    '{{=<% %>=}}',
    '<%',
    '/*',
    '*/',
    '//',
    '--',
  ],
  ...[
    '(a+)+$',
    '(((((((((',
    '(.*)*'.repeat(5),
    '[',
    '[^',
    ']',
    '(?',
    '(?<host>.)',
    '(?P<zqx>.)',
    '(*FAIL)',
    '\\Q',
    '\\E',
  ],
  ...['(?x)', '(?i)', '|', '.*', '{2}', '{1,65535}', '^', '\\z', '\\K', '\\1', '\\x{41}', '[[:alpha:]]', '[\\d-z]'],
  ...['%0a', '%0d%0a', '%00', '%22', '%2f', '%2F', '%2e%2e', '%', '%zz', '%c0%af', '%25'],
  ...[
    'off',
    'on',
    'default',
    'hostnames',
    'volatile',
    'include',
    '_',
    '-',
    '.',
    '~',
    '~*',
    '^~',
    '@',
    '=',
    '= ',
    '*',
    '*.',
  ],
  ...[
    'unix:/run/zqx.sock',
    '127.0.0.1',
    '[::1]',
    '169.254.169.254',
    '0x7f.1',
    '2130706433',
    'localhost',
    ':80',
    ':',
    '@',
  ],
  ...[
    '../../etc/passwd',
    '/../',
    '/./',
    'http://',
    'https://zqx.example',
    '//zqx.example',
    '?a=b',
    '&',
    ',',
    '0',
    '-1',
    '1e9',
  ],
];

const length = fc.constantFrom(64, 254, 1499, 2047, 2049, 4090, 5000);
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...breakouts) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 12 }) },
);
const short = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
const long = fc.tuple(fc.constantFrom('x', '"', '\\', '.', '$', 'é', '/a', '('), length);

/** Hostile text of every kind; most are short, some very long. */
const hostileText: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 12, arbitrary: short },
      { weight: 1, arbitrary: long.map(([unit, times]) => unit.repeat(times)) },
    ),
    fc.constantFrom<'after' | 'alone' | 'before' | 'between'>('after', 'before', 'between', 'alone'),
  )
  .map(([text, place]) => {
    if (place === 'alone') return text;
    return place === 'before' ? `${MARK}${text}` : place === 'after' ? `${text}${MARK}` : `${MARK}${text}${MARK}`;
  });

/** Hostile text beside, within and instead of a value that is in order. */
export function hostileLike(example: string): fc.Arbitrary<string> {
  const cut = fc.nat(example.length);
  return fc.oneof(
    hostileText,
    hostileText.map((text) => `${example}${text}`),
    hostileText.map((text) => `${text}${example}`),
    hostileText.map((text) => `${example}\n${text}`),
    fc.tuple(hostileText, cut).map(([text, at]) => `${example.slice(0, at)}${text}${example.slice(at)}`),
  );
}
