/**
 * Duty: for every combinator, texts that it must read and texts that it must refuse. For specs only.
 */
import fc from 'fast-check';
import { bool } from './bool.ts';
import { orEmpty } from './combinator.ts';
import { durationAsMs, integer, secondsAsMs } from './integer.ts';
import { appRootPath, redirectLocation, rewriteTarget, upstreamHost } from './interpolated-text.ts';
import { cidrList, hostList, namespaceList, pathList, statusCodeList } from './lists.ts';
import { serviceName } from './names.ts';
import { oneNumberOf, oneOf } from './one-of.ts';
import { nginxSize } from './size.ts';
import { listOf, texts, type TextsOfCombinator } from './texts-of-combinator.arbitrary.ts';
import { cipherList, tlsProtocols } from './tls.ts';
import { workerCount } from './worker-count.ts';

const network = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
);
const pathText = fc.stringMatching(/^[A-Za-z0-9._~!&'()*+;=:@/-]{0,30}$/);
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const authority = fc
  .tuple(fc.oneof(host, fc.constant('$host'), fc.constant('[2001:db8::1]')), fc.constantFrom('', ':8443'))
  .map((parts) => parts.join(''));
const rewrite = fc
  .tuple(fc.constantFrom('/', '$1', '/$2', '${uri}', '/$namespace-'), pathText, fc.constantFrom('', '$3', '$1'))
  .map((parts) => parts.join(''));
const location = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('http://', 'https://', 'HTTPS://', '$scheme://'),
      authority,
      fc.constantFrom('', '/a%20b?c=d#e', '$request_uri', '/$is_args$args'),
    )
    .map((parts) => parts.join('')),
  fc.tuple(fc.constant('/new'), pathText, fc.constantFrom('', '$request_uri', '?$args')).map((parts) => parts.join('')),
);
const seconds = fc
  .tuple(fc.integer({ min: 1, max: 31_536_000 }), fc.constantFrom('', 's'))
  .map((parts) => parts.join(''));

/** All combinators. */
export const textsOfCombinators: readonly TextsOfCombinator[] = [
  texts(
    'bool',
    bool,
    fc.constantFrom('true', 'True', 'TRUE', 't', 'T', '1', 'false', 'False', 'FALSE', 'f', 'F', '0'),
    ['yes', 'on', 'off', 'tRUE', '2', '', 'true false', 'true;'],
  ),
  texts('hostList', hostList, listOf(fc.tuple(fc.constantFrom('', '*.'), host).map((parts) => parts.join(''))), [
    '',
    '~^x',
    'a b',
    'A.example.com',
    'a_b',
    '*',
    '*a',
    'a.*',
    '.a',
    'a.',
    'a..b',
    'a:80',
    'a/b',
    '$host',
    'a;b',
    '-a',
  ]),
  texts('integer', integer({ min: 10, max: 99 }), fc.integer({ min: 10, max: 99 }).map(String), [
    '9',
    '100',
    '-10',
    '+10',
    '1e1',
    '0x10',
    '10.0',
    '',
    '99999999999999999999',
  ]),
  texts('seconds', secondsAsMs({ min: 1, max: 31_536_000 }), seconds, [
    '0',
    '0s',
    '1m',
    '60 s',
    '1.5',
    '-1',
    '31536001',
    '',
  ]),
  texts(
    'duration',
    durationAsMs({ min: 0, max: 86_400 }),
    fc.tuple(fc.nat(24), fc.constantFrom('', 's', 'm', 'h')).map((parts) => parts.join('')),
    ['25h', '1h30m', '10ms', 'm', '1w', '-1s', ''],
  ),
  texts(
    'one of, in any case',
    oneOf({ words: ['HTTP', 'GRPCS'], letterCase: 'any' }),
    fc.constantFrom('HTTP', 'http', 'Http', 'grpcs', 'GRPCs'),
    ['HTTPS', 'GRPC', 'HTTP GRPC', '', 'HTTP;'],
  ),
  texts('one of, in its own case', oneOf({ words: ['on', 'off'], letterCase: 'exact' }), fc.constantFrom('on', 'off'), [
    'ON',
    'Off',
    'o',
    'toString',
    '__proto__',
    '',
  ]),
  texts('one number of', oneNumberOf([301, 308]), fc.constantFrom('301', '308'), ['302', '0301', '3e2', '']),
  texts(
    'size',
    nginxSize({ maxGigabytes: 2, zero: 'refused' }),
    fc
      .tuple(fc.integer({ min: 1, max: 2000 }), fc.constantFrom('', 'b', 'B', 'k', 'K', 'm', 'M'))
      .map((parts) => parts.join('')),
    ['0', '0m', '3g', '8 m', '8mb', '8Mi', '1.5m', '-1', 'm', '', '1m;', '999999999999999g'],
  ),
  texts('networks', cidrList, listOf(network), [
    '',
    ',',
    '10.0.0.0/8,',
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.1',
    '256.1.1.1',
    '::1/129',
    ':::',
    '1::2::3',
    '10.0.0.0/8;deny all',
    'fe80::1%eth0',
    'all',
    '10.0.0.1/',
    '/8',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '0x7f.1',
    '1.2.3.4/08',
  ]),
  texts('networks, perhaps none', orEmpty(cidrList), fc.oneof(fc.constant(''), listOf(network)), [
    ',',
    '10.0.0.0/8,',
    'none',
  ]),
  texts(
    'status codes',
    statusCodeList,
    listOf(
      fc
        .integer({ min: 400, max: 599 })
        .filter((code) => code !== 499)
        .map(String),
    ),
    ['', '399', '600', '499', '404,', '404 503', '4O4', '40', '4040', '-404'],
  ),
  texts('namespaces', namespaceList, listOf(label), [
    '',
    ',',
    'a,',
    'A',
    'a b',
    'a/b',
    '*',
    '-a',
    'a.b',
    'a'.repeat(64),
    Array.from({ length: 101 }, (_, index) => `n${index}`).join(','),
  ]),
  texts('paths', pathList, listOf(pathText.map((text) => `/${text}`)), [
    '',
    'a',
    '/a,b',
    '/a b',
    '/a,,/b',
    '/$uri',
    '/a?b',
    '/a#b',
    '/%2e',
  ]),
  texts('Service name', serviceName, label, [
    '',
    'A',
    'a.b',
    'a/b',
    '-a',
    'a-',
    'a_b',
    'a'.repeat(64),
    'default/a',
    '$namespace',
  ]),
  texts(
    'ciphers',
    cipherList,
    fc
      .array(fc.constantFrom('HIGH', '!aNULL', 'ECDHE-RSA-AES128-GCM-SHA256', '+RSA', '@STRENGTH', '@SECLEVEL=2'), {
        minLength: 1,
        maxLength: 9,
      })
      .map((words) => [...words, 'HIGH'].join(':')),
    [
      ...['', ':', 'HIGH:', 'HIGH LOW', '@SECLEVEL=9', '@include', '!!a', 'HIGH;', '$host'],
      ...['HIGH:@SECLEVEL=3', 'no-such-cipher', '!aNULL', 'ALL:!ALL', 'HIGH:-AESGCM', 'PSK', 'TLS_AES_128_GCM_SHA256'],
    ],
  ),
  texts('TLS versions', tlsProtocols, fc.constantFrom('TLSv1.2', 'TLSv1.3', 'TLSv1.3 TLSv1.2', 'TLSv1.2  TLSv1.3'), [
    '',
    'TLSv1',
    'TLSv1.1 TLSv1.2',
    'SSLv3',
    'tlsv1.2',
    'TLSv1.2,TLSv1.3',
  ]),
  texts('worker count', workerCount, fc.oneof(fc.constant('auto'), fc.integer({ min: 1, max: 512 }).map(String)), [
    '',
    '0',
    'AUTO',
    '513',
    '-1',
  ]),
  texts('rewrite target', rewriteTarget, rewrite, [
    '',
    'x',
    'x/$1',
    '/a?b=$1',
    '/%20',
    'https://example.com/$1',
    '/a b',
    '/$',
    '/$0',
    '/$10x$',
    '/$request_uri',
    '/$http_host',
    '/${1',
    '/#a',
    '$host/x',
    '/$1$1$1$1$1$1$1$1$1$1',
  ]),
  texts('redirect', redirectLocation, location, [
    '',
    'example.com',
    '//example.com',
    '$request_uri',
    '/$request_uri',
    '$host',
    'ftp://a',
    'javascript:alert(1)',
    'https://',
    'https:///a',
    'https://a:0/',
    'https://a:65536/',
    'https://a@b/',
    'https://a b/',
    'https://[::g]/',
    'https://a/%zz',
    'https://a/$uri',
    'https://a/$1',
    'https://a/$arg_x',
    'https://$args',
    '/$args',
    'https://a.example$args',
    'http://a/|',
    'https://a/\r\nX: y',
  ]),
  texts(
    'backend host',
    upstreamHost,
    fc.oneof(authority, fc.constant('$service_name.$namespace.svc.cluster.local'), fc.constant('my_service.local')),
    ['', 'a b', 'a/b', 'a:b', 'http://a', '$http_host', '.a', 'a..b', 'a\r\nb', '$request_uri', '[1.2.3.4]', '::1'],
  ),
  texts(
    'application root',
    appRootPath,
    pathText.map((text) => `/a${text}`),
    ['', '/', '//a', 'a', '/$1', 'https://a', '/a b', '/%2', '/a\nb'],
  ),
];
