import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostModel, Model } from '@gatehouse/routing';
import {
  aBackend,
  aFallback,
  aHost,
  aModel,
  aModelCertificate,
  anOrigin,
  argsOf,
  aRoute,
  goldenText,
  lexed,
  locationIn,
  nginx122,
  serversIn,
  someRenderOptions,
} from '@gatehouse/testing';
import type { Bundle } from '../bundle.ts';
import type { NginxDirective } from '../lexer/lex-nginx.ts';
import type { RenderOptions } from '../render-options.ts';
import { createRenderer } from './renderer.ts';

const directory = join(import.meta.dirname, '../../golden/answering');

interface Case {
  readonly name: string;
  readonly host: HostModel;
  /** What the model has beside the host. */
  readonly shape?: Partial<Model>;
  readonly options?: Partial<RenderOptions>;
  /** What the case is about, asked of the lexed server. */
  readonly intent: (server: NginxDirective, bundle: Bundle) => void;
}

const old = { capabilities: nginx122 };
const tea = aBackend('tea-svc');
const errors = aBackend('errors-svc', ['10.1.0.5:8080']);
const external = aBackend('external', ['db.example.net:8080']);
const names = (service: string) => ({ namespace: 'default', ingress: 'cafe', service, servicePort: '80' });
const text = (value: string) => ({ kind: 'text', text: value }) as const;
const variable = (name: string) => ({ kind: 'variable', name }) as const;

const cases: readonly Case[] = [
  {
    name: 'a-host-with-tls-redirects-once-for-all-its-paths',
    host: aHost({
      hasTls: true,
      certificate: aModelCertificate('pem', 'ab'.repeat(32)),
      routes: [aRoute({ path: '/coffee' }), aRoute({ path: '/tea' })],
    }),
    intent: (server, { certificates }) => {
      expect(argsOf(server.block, 'if')).toEqual([['($gatehouse_redirects_to_tls)']]);
      expect(argsOf(locationIn(server, '= /tea'), 'if')).toEqual([]);
      expect([...certificates.keys()]).toEqual([`${'ab'.repeat(32)}.pem`]);
    },
  },
  {
    name: 'a-redirect-of-a-user-comes-before-the-one-to-tls',
    host: aHost({
      hasTls: true,
      routes: [
        aRoute({ path: '/old', policy: { redirect: { status: 301, location: [text('/new?$'), variable('args')] } } }),
        aRoute({ path: '/tea' }),
        aRoute({ path: '/plain', policy: { tlsRedirect: 'never' } }),
      ],
    }),
    intent: (server) => {
      expect(argsOf(server.block, 'if')).toEqual([]);
      expect(argsOf(locationIn(server, '= /old'), 'if')).toEqual([]);
      expect(argsOf(locationIn(server, '= /old'), 'return')).toEqual([['301', '/new?${gatehouse_dollar}${args}']]);
      expect(argsOf(locationIn(server, '= /tea'), 'if')).toHaveLength(1);
      expect(argsOf(locationIn(server, '= /plain'), 'if')).toEqual([]);
    },
  },
  {
    name: 'a-closed-route-answers-503-and-forwards-nothing',
    host: aHost({ routes: [aRoute({ path: '/tea', policy: { closedBecause: 'its protection is malformed' } })] }),
    intent: (server, { problems }) => {
      expect(locationIn(server, '/tea/').map(({ name, args }) => [name, ...args])).toEqual([['return', '503']]);
      expect(problems).toEqual([]);
    },
  },
  {
    name: 'a-backend-without-endpoints-answers-503',
    host: aHost({
      routes: [
        aRoute({ path: '/empty', backend: aBackend('empty', []) }),
        aRoute({ path: '/gone', target: { kind: 'unavailable' } }),
        aRoute({
          path: '/stood-in',
          backend: aBackend('empty', []),
          errorBackend: errors,
          policy: { errorBackendService: 'errors-svc' },
        }),
      ],
    }),
    intent: (server) => {
      expect(argsOf(locationIn(server, '/empty/'), 'return')).toEqual([['503']]);
      expect(argsOf(locationIn(server, '/gone/'), 'return')).toEqual([['503']]);
      expect(argsOf(locationIn(server, '/stood-in/'), 'error_page')[0]?.slice(0, 2)).toEqual(['403', '413']);
      expect(argsOf(locationIn(server, '/stood-in/'), 'root')).toEqual([
        [expect.stringMatching(/^\/once\/[a-z]+\/no-endpoints\/default\//)],
      ]);
    },
  },
  {
    name: 'error-codes-lead-to-the-error-backend-and-keep-their-status',
    host: aHost({
      routes: [
        aRoute({ path: '/grpc', policy: { errorCodes: [503], backendProtocol: 'GRPC' }, errorBackend: errors }),
        aRoute({ path: '/tea', policy: { errorCodes: [404, 503] }, errorBackend: errors }),
        aRoute({ path: '/without', policy: { errorCodes: [404] } }),
      ],
    }),
    intent: (server) => {
      const [page] = argsOf(locationIn(server, '/tea/'), 'error_page');
      expect(page?.slice(0, 2)).toEqual(['404', '503']);
      expect(argsOf(locationIn(server, '/tea/'), 'proxy_intercept_errors')).toEqual([['on']]);
      expect(argsOf(locationIn(server, '/grpc/'), 'grpc_intercept_errors')).toEqual([['on']]);
      expect(argsOf(locationIn(server, '/without/'), 'error_page')).toEqual([]);
      expect(argsOf(locationIn(server, '/without/'), 'proxy_intercept_errors')).toEqual([]);
      expect(page?.[2]).toBe('$gatehouse_error_page');
      expect(argsOf(locationIn(server, '/tea/'), 'root')).toEqual([
        [expect.stringMatching(/^\/once\/[a-z]+\/-\/default\/cafe\/tea-svc\/80$/)],
      ]);
      expect(argsOf(locationIn(server, '@gatehouse_error'), 'proxy_pass')).toEqual([['$gatehouse_error_url']]);
    },
  },
  {
    name: 'with-a-default-backend-errors-of-nginx-become-pages-and-those-of-backends-as-listed',
    host: aHost({
      routes: [
        aRoute({ path: '/idle', backend: aBackend('idle', []), names: names('idle') }),
        aRoute({ path: '/kept', policy: { errorCodes: [404], interceptsErrors: false } }),
        aRoute({ path: '/listed', policy: { errorCodes: [404] } }),
        aRoute({ path: '/own', errorBackend: errors }),
        aRoute({ path: '/tea' }),
      ],
      fallback: aFallback(),
    }),
    shape: { defaultBackend: aFallback().backend },
    intent: (server) => {
      const codesOf = (path: string) => argsOf(locationIn(server, path), 'error_page').map((args) => args.slice(0, -1));
      const own = ['403', '413', '429', '500', '502', '503', '504'];
      // They stand once, for all locations.
      expect(codesOf('/idle/')).toEqual([]);
      expect(codesOf('/tea/')).toEqual([]);
      expect(codesOf('/own/')).toEqual([]);
      const subjects = ['/idle/', '/tea/', '/kept/'].map((path) => argsOf(locationIn(server, path), 'root')[0]?.[0]);
      expect(subjects).toEqual([
        '/once/default/no-endpoints/default/cafe/idle/80',
        '/once/default/-/default/cafe/tea-svc/80',
        '/once/default/-/default/cafe/tea-svc/80',
      ]);
      expect(codesOf('/kept/')).toEqual([[...own.slice(0, 1), '404', ...own.slice(1)]]);
      expect(codesOf('/listed/')).toEqual([['404']]);
      expect(codesOf('/')).toEqual([
        ['403', '413', '429'],
        ['502', '504', '=404'],
      ]);
      const interceptors = server.block?.filter(({ block }) => argsOf(block, 'proxy_intercept_errors').length > 0);
      expect(interceptors?.map(({ args }) => args.at(-1))).toEqual(['/listed', '/listed/']);
      expect(argsOf(locationIn(server, '/'), 'proxy_set_header')).toEqual(
        expect.arrayContaining([
          ['X-Code', '404'],
          ['X-Gatehouse-Reason', 'no-path'],
          ['X-Namespace', ''],
        ]),
      );
    },
  },
  {
    name: 'a-location-writes-only-what-differs-from-the-settings',
    host: aHost({
      routes: [
        aRoute({
          path: '/slow',
          policy: {
            bodyBytes: 0,
            connectTimeoutMs: 1500,
            readTimeoutMs: 600_000,
            deniedNetworks: ['10.9.0.0/16'],
            allowedNetworks: ['10.0.0.0/8', 'fd00::/8'],
          },
        }),
      ],
    }),
    intent: (server) => {
      expect(locationIn(server, '/slow/').map(({ name }) => name)).toEqual([
        'deny',
        'allow',
        'allow',
        'deny',
        'client_max_body_size',
        'proxy_connect_timeout',
        'proxy_read_timeout',
        'proxy_pass',
      ]);
      expect(argsOf(locationIn(server, '/slow/'), 'deny')).toEqual([['10.9.0.0/16'], ['all']]);
    },
  },
  {
    name: 'a-rewrite-replaces-the-path-with-its-captures',
    host: aHost({
      routes: [
        aRoute({ path: '/api/(.*)', match: 'regex', policy: { rewriteTarget: [text('/'), variable('1')] } }),
        aRoute({ path: '/tea', policy: { rewriteTarget: [text('/$'), variable('namespace')] } }),
      ],
    }),
    intent: (server) => {
      expect(argsOf(locationIn(server, '~* ^(?:/api/(.*))'), 'rewrite')).toEqual([
        ['(?i)^(?:/api/(.*))', '/$1', 'break'],
      ]);
      expect(argsOf(locationIn(server, '~ ^/tea(?:/|\\z)'), 'rewrite')).toEqual([
        ['^', '/${gatehouse_dollar}default', 'break'],
      ]);
    },
  },
  {
    name: 'another-host-for-the-backend-repeats-all-headers',
    host: aHost({
      routes: [
        aRoute({ policy: { upstreamHost: [variable('service_name'), text('.'), variable('host')] } }),
        aRoute({ path: '/grpc', policy: { upstreamHost: [text('x')], backendProtocol: 'GRPCS' } }),
      ],
    }),
    intent: (server) => {
      const headers = argsOf(locationIn(server, '/'), 'proxy_set_header');
      expect(headers[0]).toEqual(['Host', 'tea-svc.${host}']);
      expect(headers).toContainEqual(['Proxy', '']);
      expect(argsOf(locationIn(server, '/grpc/'), 'grpc_set_header')).toContainEqual(['Proxy', '']);
    },
  },
  {
    name: 'each-protocol-has-connections-of-its-own',
    host: aHost({
      routes: (['AUTO_HTTP', 'GRPC', 'GRPCS', 'HTTP', 'HTTPS'] as const).map((backendProtocol) =>
        aRoute({ path: `/${backendProtocol}`, match: 'exact', backend: tea, policy: { backendProtocol } }),
      ),
    }),
    // A new nginx has to be told to keep no connections, in words that an old one refuses.
    options: old,
    intent: (server, bundle) => {
      const blocks = bundle.files.get('nginx.conf')?.match(/^ {4}upstream [^}]*}/gm) ?? [];
      expect(blocks).toHaveLength(5);
      expect(blocks.filter((block) => /keepalive [1-9]/.test(block))).toHaveLength(4);
      expect(argsOf(locationIn(server, '= /AUTO_HTTP'), 'proxy_pass')[0]?.[0]).toMatch(/^\$scheme:\/\/[a-p]{16,31}$/);
      expect(argsOf(locationIn(server, '= /GRPCS'), 'grpc_pass')[0]?.[0]).toMatch(/^grpcs:\/\/[a-p]{16,31}$/);
    },
  },
  {
    name: 'an-external-name-is-resolved-while-nginx-runs',
    host: aHost({ routes: [aRoute({ backend: external })] }),
    options: { resolvers: ['10.96.0.10'] },
    intent: (_server, bundle) =>
      expect(bundle.files.get('nginx.conf')).toContain('db.example.net:8080 max_fails=0 resolve'),
  },
  {
    name: 'an-external-name-is-resolved-for-each-request-by-an-old-nginx',
    host: aHost({ routes: [aRoute({ backend: external })] }),
    options: { ...old, resolvers: ['10.96.0.10'] },
    intent: (server, bundle) => {
      expect(bundle.files.get('nginx.conf')).not.toContain('upstream {');
      expect(argsOf(locationIn(server, '/'), 'set')).toEqual([['$gatehouse_backend', 'db.example.net:8080']]);
    },
  },
  {
    name: 'an-external-name-without-a-dns-server-answers-503',
    host: aHost({ routes: [aRoute({ backend: external })] }),
    intent: (server, { problems }) => {
      expect(argsOf(locationIn(server, '/'), 'return')).toEqual([['503']]);
      expect(problems).toMatchObject([{ code: 'ResolverMissing', object: anOrigin().object }]);
    },
  },
];

/** The upstream and server blocks of one host beside an empty catch-all. */
function blocksOf(bundle: Bundle, host: HostModel): string {
  const whole = bundle.files.get('nginx.conf') ?? '';
  const blocks = whole.slice(
    whole.search(/^ {4}(?:upstream (?!gatehouse)|server )/m),
    whole.search(/^ {4}# (?:Answers|Why there)/m),
  );
  const catchAll = /^\n? {4}server \{\n(?: *listen .*\n)* *server_name _;(?:.*\n)*? {4}\}\n/m;
  return `${(host.name === '' ? blocks : blocks.replace(catchAll, '')).replace(/^\n+/, '').trimEnd()}\n`;
}

describe('goldens of what answers', () => {
  it.each(cases)('$name', ({ name, host, shape, options, intent }) => {
    const bundle = createRenderer(someRenderOptions(options)).render(aModel([host], shape));
    const server = serversIn(lexed(bundle.files.get('nginx.conf') ?? '')).at(host.name === '' ? 0 : 1);
    if (server === undefined) throw new Error('there is no server');
    intent(server, bundle);
    const text = blocksOf(bundle, host);
    expect(text).toBe(goldenText(join(directory, name, 'nginx.conf'), text));
  });

  it('have no golden too many', () => {
    expect(readdirSync(directory).sort()).toEqual(cases.map(({ name }) => name).sort());
  });
});
