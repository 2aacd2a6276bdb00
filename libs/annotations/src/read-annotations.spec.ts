import { describe, expect, it } from '@jest/globals';
import { aConfigMap, anIngress } from '@gatehouse/testing';
import fc from 'fast-check';
import { annotationTable } from './annotation-table.ts';
import { readAnnotations } from './read-annotations.ts';
import { readSettings } from './read-settings.ts';
import { defaultSettings } from './settings.ts';
import { unsupportedAnnotations } from './unsupported-annotations.ts';

const prefix = 'nginx.ingress.kubernetes.io';
const options = { prefix, settings: defaultSettings };

/** Annotations by their names without prefix. */
function read(annotations: Readonly<Record<string, string>>, settings = defaultSettings) {
  const entries = Object.entries(annotations).map(([name, text]) => [`${prefix}/${name}`, text]);
  return readAnnotations(anIngress({ annotations: Object.fromEntries(entries) }), { prefix, settings });
}

function codes(annotations: Readonly<Record<string, string>>): readonly string[] {
  return read(annotations).problems.map(
    ({ code, field }) => `${field.slice(`metadata.annotations[${prefix}/`.length, -1)}: ${code}`,
  );
}

describe('the annotations of an Ingress', () => {
  it('leave the very policy of the settings when there is none under the prefix', () => {
    const other = { 'kubernetes.io/ingress.class': 'nginx', [`${prefix}.example/rewrite-target`]: '/' };
    expect(readAnnotations(anIngress({ annotations: other }), options).policy).toBe(defaultSettings.routes);
    expect(read({ 'use-rgex': 'true', affinity: 'cookie' }).policy).toBe(defaultSettings.routes);
  });

  it('change the policy of their own Ingress, which is frozen', () => {
    const { policy, problems } = read({
      'proxy-body-size': '8m',
      'rewrite-target': '/$1',
      'whitelist-source-range': '10.1.2.3/8',
    });
    expect(problems).toEqual([]);
    expect(Object.isFrozen(policy)).toBe(true);
    expect(policy).toEqual({
      ...defaultSettings.routes,
      bodyBytes: 8_388_608,
      regexPaths: true,
      rewriteTarget: [
        { kind: 'text', text: '/' },
        { kind: 'variable', name: '1' },
      ],
      allowedNetworks: ['10.0.0.0/8'],
    });
  });

  it('are found under another prefix when the operator says so', () => {
    const annotations = { 'example.com/use-regex': 'true', [`${prefix}/use-regex`]: 'malformed' };
    const { policy, problems } = readAnnotations(anIngress({ annotations }), { ...options, prefix: 'example.com' });
    expect([policy.regexPaths, problems]).toEqual([true, []]);
  });

  it.each([
    [
      'a malformed value',
      { 'proxy-body-size': '8x' },
      'AnnotationInvalid',
      '"8x" is not a size such as 8m, at most 1048576g, or 0 for no limit',
    ],
    [
      'an unknown name',
      { 'proxy-bodysize': '8m' },
      'AnnotationUnknown',
      'no annotation "proxy-bodysize" exists; the nearest is proxy-body-size',
    ],
    ['a name like no other', { zzzzzzzzzzzz: '' }, 'AnnotationUnknown', 'no annotation "zzzzzzzzzzzz" exists'],
    [
      'a feature that is not there',
      { affinity: 'cookie' },
      'AnnotationNotSupported',
      'it is not supported: keep session state outside the Pods',
    ],
    [
      'FastCGI',
      { 'backend-protocol': 'FCGI' },
      'AnnotationInvalid',
      '"FCGI" is not one of HTTP, HTTPS, GRPC, GRPCS, AUTO_HTTP: FastCGI is not supported, put a web server in front of the FastCGI program',
    ],
    [
      'the status of a missing redirect',
      { 'permanent-redirect-code': '308' },
      'AnnotationWithoutEffect',
      'it has no effect without a valid permanent-redirect',
    ],
  ])('report %s, and leave the defaults', (_, annotations, code, message) => {
    const [name = ''] = Object.keys(annotations);
    const { policy, problems } = read(annotations);
    expect(problems).toEqual([
      { code, object: anIngress().ref, field: `metadata.annotations[${prefix}/${name}]`, message },
    ]);
    expect(policy).toEqual(defaultSettings.routes);
  });

  it.each([
    ['whitelist-source-range', '10.0.0/8', 'ProtectionInvalid'],
    ['allowlist-source-range', '', 'ProtectionInvalid'],
    ['denylist-source-range', '10.0.0.0/8;', 'ProtectionInvalid'],
    ['auth-url', 'https://auth.example.com', 'ProtectionNotSupported'],
    ['auth-type', 'basic', 'ProtectionNotSupported'],
    ['auth-secret', 'users', 'ProtectionNotSupported'],
    ['auth-tls-secret', 'default/ca', 'ProtectionNotSupported'],
    ['auth-tls-verify-client', 'optional', 'ProtectionNotSupported'],
    ['auth-tls-match-cn', 'CN=a', 'ProtectionNotSupported'],
    ['enable-modsecurity', 'true', 'ProtectionNotSupported'],
    ['enable-modsecurity', 'perhaps', 'ProtectionNotSupported'],
    ['proxy-ssl-verify', 'on', 'ProtectionNotSupported'],
    ['ssl-passthrough', 'true', 'ProtectionNotSupported'],
    ['configuration-snippet', 'deny all;', 'SnippetRefused'],
    ['server-snippet', '', 'SnippetRefused'],
    ['auth-snippet', 'x', 'SnippetRefused'],
    ['modsecurity-snippet', 'x', 'SnippetRefused'],
    ['stream-snippet', 'x', 'SnippetRefused'],
  ])('close the routes for %s: %j', (name, text, code) => {
    const { policy, problems } = read({ [name]: text });
    expect(problems).toMatchObject([{ code }]);
    expect(policy).toEqual({ ...defaultSettings.routes, closedBecause: `annotation ${name}: ${problems[0]?.message}` });
  });

  it.each([
    ['enable-modsecurity', 'false'],
    ['auth-tls-verify-client', 'off'],
    ['ssl-passthrough', '0'],
    ['enable-cors', 'False'],
    ['canary', 'false'],
  ])('ask for nothing when %s is %s', (name, text) => {
    expect(read({ [name]: text })).toEqual({ policy: defaultSettings.routes, canary: false, problems: [] });
  });

  it.each(['limit-rps', 'limit-connections', 'satisfy', 'auth-realm', 'enable-global-auth'])(
    'leave the routes open for %s, which keeps nobody out',
    (name) => {
      expect(read({ [name]: '1' }).policy).toBe(defaultSettings.routes);
    },
  );

  it.each([
    ['true', true],
    ['1', true],
    ['yes', true],
    ['', true],
    ['false', false],
    ['f', false],
  ])('make a canary with %j: %j', (text, canary) => {
    expect(read({ canary: text }).canary).toBe(canary);
  });

  it('name the typed annotations that a snippet could be replaced by', () => {
    expect(
      read({ 'configuration-snippet': ' proxy_read_timeout 9s;\nif ($x) { return 301 /; }' }).problems[0]?.message,
    ).toBe(
      'snippets are refused: remove it, and use permanent-redirect or temporal-redirect, proxy-read-timeout for what it does',
    );
  });

  it('let the newer name decide, and say so unless both say the same', () => {
    const both = { 'allowlist-source-range': '10.0.0.0/8', 'whitelist-source-range': '0.0.0.0/0' };
    expect(read(both).policy.allowedNetworks).toEqual(['10.0.0.0/8']);
    expect(codes(both)).toEqual(['whitelist-source-range: AnnotationConflict']);
    expect(codes({ ...both, 'whitelist-source-range': '10.0.0.0/8' })).toEqual([]);
  });

  it.each([
    [{ 'permanent-redirect': 'https://a.example' }, 301, []],
    [{ 'permanent-redirect': 'https://a.example', 'permanent-redirect-code': '308' }, 308, []],
    [{ 'temporal-redirect': 'https://a.example' }, 302, []],
    [
      { 'temporal-redirect': 'https://a.example', 'permanent-redirect': '/b' },
      302,
      ['permanent-redirect: AnnotationConflict'],
    ],
    [
      { 'permanent-redirect': '/b', 'temporal-redirect-code': '307' },
      301,
      ['temporal-redirect-code: AnnotationWithoutEffect'],
    ],
    [
      { 'permanent-redirect': '/b', 'temporal-redirect': 'b', 'temporal-redirect-code': '307' },
      301,
      ['temporal-redirect: AnnotationInvalid', 'temporal-redirect-code: AnnotationWithoutEffect'],
    ],
    [
      { 'permanent-redirect': '/b', 'permanent-redirect-code': '200' },
      301,
      ['permanent-redirect-code: AnnotationInvalid'],
    ],
  ])('redirect as %j says: %d', (annotations, status, problems) => {
    expect(read(annotations as unknown as Record<string, string>).policy.redirect?.status).toBe(status);
    expect(codes(annotations as unknown as Record<string, string>)).toEqual(problems);
  });

  it.each([
    ['true', 'false', {}, 'whenHostHasTls'],
    ['true', 'false', { 'ssl-redirect': 'false' }, 'never'],
    ['true', 'false', { 'force-ssl-redirect': 'true' }, 'always'],
    ['true', 'false', { 'force-ssl-redirect': 'true', 'ssl-redirect': 'false' }, 'always'],
    ['true', 'true', { 'force-ssl-redirect': 'false' }, 'whenHostHasTls'],
    ['true', 'true', { 'ssl-redirect': 'false' }, 'always'],
    ['true', 'true', { 'force-ssl-redirect': 'false', 'ssl-redirect': 'false' }, 'never'],
    ['false', 'false', {}, 'never'],
    ['false', 'false', { 'ssl-redirect': 'true' }, 'whenHostHasTls'],
    ['false', 'false', { 'force-ssl-redirect': 'false' }, 'never'],
  ])(
    'with settings ssl-redirect %s and force-ssl-redirect %s, %j redirects to HTTPS %s',
    (ssl, force, annotations, when) => {
      const { settings } = readSettings(aConfigMap({ data: { 'ssl-redirect': ssl, 'force-ssl-redirect': force } }));
      expect(read(annotations as unknown as Record<string, string>, settings).policy.tlsRedirect).toBe(when);
    },
  );

  it.each([
    [{ 'rewrite-target': '/' }, true],
    [{ 'rewrite-target': '/', 'use-regex': 'false' }, false],
    [{ 'use-regex': 'true' }, true],
    [{ 'rewrite-target': 'x' }, false],
  ])('take paths as regular expressions with %j: %j', (annotations, regexPaths) => {
    expect(read(annotations as unknown as Record<string, string>).policy.regexPaths).toBe(regexPaths);
  });

  it('keep routes closed that the settings close', () => {
    const { settings } = readSettings(aConfigMap({ data: { 'global-auth-url': 'http://auth' } }));
    expect(read({ 'proxy-body-size': '2m' }, settings).policy.closedBecause).toContain('global-auth-url');
  });

  it('print names from files safely', () => {
    expect(read({ 'a\u001b[2J\n': '' }).problems[0]?.field).toBe(`metadata.annotations["${prefix}/a\\u001b[2J\\n"]`);
  });

  const names = [...annotationTable.map((entry) => entry.name), ...unsupportedAnnotations.keys(), 'use-rgex'];
  const text = fc.oneof(fc.constantFrom(...annotationTable.map((entry) => entry.example)), fc.string());
  const someAnnotations = fc.dictionary(fc.constantFrom(...names), text, { maxKeys: 8 });

  it('mean the same in any order', () => {
    fc.assert(
      fc.property(someAnnotations, (annotations) => {
        const reversed = Object.fromEntries(Object.entries(annotations).reverse());
        expect(read(reversed)).toEqual(read(annotations));
      }),
    );
  });

  it('are honoured or reported, each of them, whatever they hold', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), text, (name, value) => {
        const { policy, problems } = read({ [name]: value });
        const isOff = ['0', 'f', 'false', 'off'].includes(value.trim().toLowerCase());
        const isDefault = annotationTable.some((entry) => entry.name === name && entry.read(value).ok);
        expect([name, value, policy !== defaultSettings.routes || problems.length > 0 || isOff || isDefault]).toEqual([
          name,
          value,
          true,
        ]);
        expect(problems.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are read for 10,000 Ingresses in well under a second', () => {
    const annotations = Object.fromEntries(
      annotationTable.slice(0, 5).map((entry) => [`${prefix}/${entry.name}`, entry.example]),
    );
    const ingresses = Array.from({ length: 10_000 }, (_, index) => anIngress({ name: `i${index}`, annotations }));
    const startedMs = performance.now();
    for (const ingress of ingresses) readAnnotations(ingress, options);
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});
