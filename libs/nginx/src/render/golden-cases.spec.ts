import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  aBackend,
  aFallback,
  aHost,
  aModel,
  aModelCertificate,
  anOrigin,
  aRoute,
  nginx122,
  someRenderOptions,
  someSettings,
} from '@gatehouse/testing';
import type { HostModel, Model } from '@gatehouse/routing';
import type { Bundle } from '../bundle.ts';
import { lexNginx, type NginxDirective, type NginxTree } from '../lexer/lex-nginx.ts';
import type { RenderOptions } from '../render-options.ts';
import { createRenderer } from './renderer.ts';

const directory = join(import.meta.dirname, '../../golden');
/** `GOLDEN=write` takes what is rendered now as right; look at the difference before you commit it. */
const writes = process.env['GOLDEN'] === 'write';

interface Case {
  readonly name: string;
  readonly model: Model | HostModel;
  readonly options?: Partial<RenderOptions>;
  /** What the case is about, asked of the lexed servers of its hosts. */
  readonly intent: (server: NginxDirective, bundle: Bundle) => void;
  /** The whole file instead of the host's blocks. */
  readonly whole?: true;
}

const old = { capabilities: nginx122 };
const tea = aBackend('tea-svc');
const coffee = aBackend('coffee-svc');
const errors = aBackend('errors-svc', ['10.1.0.5:8080']);
const external = aBackend('external', ['db.example.net:8080']);
const text = (value: string) => ({ kind: 'text', text: value }) as const;
const variable = (name: string) => ({ kind: 'variable', name }) as const;

/** `location` blocks by their arguments. */
function locations(server: NginxDirective): readonly string[] {
  return (server.block ?? []).filter(({ name }) => name === 'location').map(({ args }) => args.join(' '));
}

function location(server: NginxDirective, args: string): NginxTree {
  const found = (server.block ?? []).find(
    (directive) => directive.name === 'location' && directive.args.join(' ') === args,
  );
  expect({ args, found: found !== undefined }).toEqual({ args, found: true });
  return found?.block ?? [];
}

function values(block: NginxTree | undefined, name: string): readonly (readonly string[])[] {
  return (block ?? []).filter((directive) => directive.name === name).map((directive) => directive.args);
}

const cases: readonly Case[] = [
  {
    name: 'an-empty-model-answers-404-and-proves-itself',
    model: aModel(),
    whole: true,
    intent: (server) => {
      expect(values(server.block, 'listen')).toEqual([
        ['127.0.0.1:8080', 'default_server'],
        ['127.0.0.1:8443', 'ssl', 'default_server'],
      ]);
      expect(values(location(server, '/'), 'return')).toEqual([['404']]);
    },
  },
  {
    name: 'an-old-nginx-gets-only-what-it-knows',
    model: aModel([], { settings: someSettings({ accessLog: true }) }),
    options: { ...old, workerUser: 'www-data', resolvers: ['10.96.0.10', 'fd00::10'] },
    whole: true,
    intent: (server) => {
      expect(values(server.block, 'listen')[1]).toEqual(['127.0.0.1:8443', 'ssl', 'http2', 'default_server']);
    },
  },
  {
    name: 'a-prefix-matches-whole-elements',
    model: aHost({ routes: [aRoute({ path: '/coffee', backend: coffee }), aRoute({ path: '/tea' })] }),
    intent: (server) => {
      expect(locations(server)).toEqual(['= /coffee', '/coffee/', '= /tea', '/tea/', '/']);
      expect(values(location(server, '/tea/'), 'proxy_pass')).toEqual(values(location(server, '= /tea'), 'proxy_pass'));
    },
  },
  {
    name: 'an-exact-path-wins-over-the-same-prefix',
    model: aHost({
      routes: [aRoute({ path: '/tea', match: 'exact', backend: coffee }), aRoute({ path: '/tea' })],
    }),
    intent: (server) => {
      expect(locations(server)).toEqual(['= /tea', '/tea/', '/']);
      expect(values(location(server, '/tea/'), 'proxy_pass')).not.toEqual(
        values(location(server, '= /tea'), 'proxy_pass'),
      );
    },
  },
  {
    name: 'an-exact-path-that-ends-in-a-slash-redirects-nobody-to-it',
    model: aHost({ routes: [aRoute({ path: '/', match: 'exact' }), aRoute({ path: '/tea/', match: 'exact' })] }),
    intent: (server) => expect(locations(server)).toEqual(['= /', '~ ^/tea/\\z', '/']),
  },
  {
    name: 'a-regex-makes-the-prefixes-of-its-host-regexes-longest-first',
    model: aHost({
      routes: [
        aRoute({ path: '/' }),
        aRoute({ path: '/a' }),
        aRoute({ path: '/a.b/c' }),
        aRoute({ path: '/a/[x-z]+', match: 'regex', backend: coffee }),
        aRoute({ path: '/e', match: 'exact' }),
      ],
    }),
    intent: (server) =>
      expect(locations(server)).toEqual(['/', '= /e', '~* ^(?:/a/[x-z]+)', '~ ^/a\\.b/c(?:/|\\z)', '~ ^/a(?:/|\\z)']),
  },
  {
    name: 'a-wildcard-host-matches-exactly-one-label',
    model: aHost({ name: '*.example.com', routes: [aRoute()] }),
    intent: (server) => expect(values(server.block, 'server_name')).toEqual([['~^[^.]+\\.example\\.com$']]),
  },
  {
    name: 'a-host-with-tls-redirects-once-for-all-its-paths',
    model: aHost({
      hasTls: true,
      certificate: aModelCertificate('pem', 'ab'.repeat(32)),
      routes: [aRoute({ path: '/coffee' }), aRoute({ path: '/tea' })],
    }),
    intent: (server, { certificates }) => {
      expect(values(server.block, 'if')).toEqual([['($gatehouse_redirects_to_tls)']]);
      expect(values(location(server, '= /tea'), 'if')).toEqual([]);
      expect([...certificates.keys()]).toEqual([`${'ab'.repeat(32)}.pem`]);
    },
  },
  {
    name: 'a-redirect-of-a-user-comes-before-the-one-to-tls',
    model: aHost({
      hasTls: true,
      routes: [
        aRoute({ path: '/old', policy: { redirect: { status: 301, location: [text('/new?$'), variable('args')] } } }),
        aRoute({ path: '/tea' }),
        aRoute({ path: '/plain', policy: { tlsRedirect: 'never' } }),
      ],
    }),
    intent: (server) => {
      expect(values(server.block, 'if')).toEqual([]);
      expect(values(location(server, '= /old'), 'if')).toEqual([]);
      expect(values(location(server, '= /old'), 'return')).toEqual([['301', '/new?${gatehouse_dollar}${args}']]);
      expect(values(location(server, '= /tea'), 'if')).toHaveLength(1);
      expect(values(location(server, '= /plain'), 'if')).toEqual([]);
    },
  },
  {
    name: 'a-closed-route-answers-503-and-forwards-nothing',
    model: aHost({ routes: [aRoute({ path: '/tea', policy: { closedBecause: 'its protection is malformed' } })] }),
    intent: (server, { problems }) => {
      expect(location(server, '/tea/').map(({ name, args }) => [name, ...args])).toEqual([['return', '503']]);
      expect(problems).toEqual([]);
    },
  },
  {
    name: 'a-backend-without-endpoints-answers-503',
    model: aHost({
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
      expect(values(location(server, '/empty/'), 'return')).toEqual([['503']]);
      expect(values(location(server, '/gone/'), 'return')).toEqual([['503']]);
      expect(values(location(server, '/stood-in/'), 'error_page')[0]?.[0]).toBe('503');
    },
  },
  {
    name: 'error-codes-lead-to-the-error-backend-and-keep-their-status',
    model: aHost({
      routes: [
        aRoute({ path: '/grpc', policy: { errorCodes: [503], backendProtocol: 'GRPC' }, errorBackend: errors }),
        aRoute({ path: '/tea', policy: { errorCodes: [404, 503] }, errorBackend: errors }),
        aRoute({ path: '/without', policy: { errorCodes: [404] } }),
      ],
    }),
    intent: (server) => {
      const [page] = values(location(server, '/tea/'), 'error_page');
      expect(page?.slice(0, 2)).toEqual(['404', '503']);
      expect(values(location(server, '/tea/'), 'proxy_intercept_errors')).toEqual([['on']]);
      expect(values(location(server, '/grpc/'), 'grpc_intercept_errors')).toEqual([['on']]);
      expect(values(location(server, '/without/'), 'error_page')).toEqual([]);
      expect(values(location(server, page?.[2] ?? ''), 'proxy_set_header')).toContainEqual(['X-Code', '$status']);
    },
  },
  {
    name: 'a-location-writes-only-what-differs-from-the-settings',
    model: aHost({
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
      expect(location(server, '/slow/').map(({ name }) => name)).toEqual([
        'deny',
        'allow',
        'allow',
        'deny',
        'client_max_body_size',
        'proxy_connect_timeout',
        'proxy_read_timeout',
        'proxy_pass',
      ]);
      expect(values(location(server, '/slow/'), 'deny')).toEqual([['10.9.0.0/16'], ['all']]);
    },
  },
  {
    name: 'a-rewrite-replaces-the-path-with-its-captures',
    model: aHost({
      routes: [
        aRoute({ path: '/api/(.*)', match: 'regex', policy: { rewriteTarget: [text('/'), variable('1')] } }),
        aRoute({ path: '/tea', policy: { rewriteTarget: [text('/$'), variable('namespace')] } }),
      ],
    }),
    intent: (server) => {
      expect(values(location(server, '~* ^(?:/api/(.*))'), 'rewrite')).toEqual([
        ['(?i)^(?:/api/(.*))', '/$1', 'break'],
      ]);
      expect(values(location(server, '~ ^/tea(?:/|\\z)'), 'rewrite')).toEqual([
        ['^', '/${gatehouse_dollar}default', 'break'],
      ]);
    },
  },
  {
    name: 'another-host-for-the-backend-repeats-all-headers',
    model: aHost({
      routes: [
        aRoute({ policy: { upstreamHost: [variable('service_name'), text('.'), variable('host')] } }),
        aRoute({ path: '/grpc', policy: { upstreamHost: [text('x')], backendProtocol: 'GRPCS' } }),
      ],
    }),
    intent: (server) => {
      const headers = values(location(server, '/'), 'proxy_set_header');
      expect(headers[0]).toEqual(['Host', 'tea-svc.${host}']);
      expect(headers).toContainEqual(['Proxy', '']);
      expect(values(location(server, '/grpc/'), 'grpc_set_header')).toContainEqual(['Proxy', '']);
    },
  },
  {
    name: 'protocols-share-the-upstream',
    model: aHost({
      routes: (['AUTO_HTTP', 'GRPC', 'GRPCS', 'HTTP', 'HTTPS'] as const).map((backendProtocol) =>
        aRoute({ path: `/${backendProtocol}`, match: 'exact', backend: tea, policy: { backendProtocol } }),
      ),
    }),
    intent: (server, bundle) => {
      expect(bundle.files.get('nginx.conf')?.match(/^ {4}upstream /gm)).toHaveLength(1);
      expect(values(location(server, '= /AUTO_HTTP'), 'proxy_pass')[0]?.[0]).toMatch(/^\$scheme:\/\/[a-p]{24}$/);
      expect(values(location(server, '= /GRPCS'), 'grpc_pass')[0]?.[0]).toMatch(/^grpcs:\/\/[a-p]{24}$/);
    },
  },
  {
    name: 'an-external-name-is-resolved-while-nginx-runs',
    model: aHost({ routes: [aRoute({ backend: external })] }),
    options: { resolvers: ['10.96.0.10'] },
    intent: (_server, bundle) =>
      expect(bundle.files.get('nginx.conf')).toContain('db.example.net:8080 max_fails=0 resolve'),
  },
  {
    name: 'an-external-name-is-resolved-for-each-request-by-an-old-nginx',
    model: aHost({ routes: [aRoute({ backend: external })] }),
    options: { ...old, resolvers: ['10.96.0.10'] },
    intent: (server, bundle) => {
      expect(bundle.files.get('nginx.conf')).not.toContain('upstream {');
      expect(values(location(server, '/'), 'set')).toEqual([['$gatehouse_backend', 'db.example.net:8080']]);
    },
  },
  {
    name: 'an-external-name-without-a-dns-server-answers-503',
    model: aHost({ routes: [aRoute({ backend: external })] }),
    intent: (server, { problems }) => {
      expect(values(location(server, '/'), 'return')).toEqual([['503']]);
      expect(problems).toMatchObject([{ code: 'ResolverMissing', object: anOrigin().object }]);
    },
  },
  {
    name: 'an-app-root-takes-the-place-of-the-exact-root',
    model: aHost({
      routes: [aRoute({ match: 'exact' }), aRoute()],
      appRoot: { path: '/app?$x', origin: anOrigin() },
    }),
    intent: (server) => {
      expect(locations(server)).toEqual(['= /', '/']);
      expect(values(location(server, '= /'), 'return')).toEqual([
        ['302', '${scheme}://${host}${gatehouse_port_suffix}/app?${gatehouse_dollar}x'],
      ]);
    },
  },
  {
    name: 'a-fallback-answers-what-no-route-matches',
    model: aHost({ name: '', routes: [aRoute({ path: '/tea' })], fallback: aFallback() }),
    intent: (server) => {
      expect(locations(server)).toEqual(['= /tea', '/tea/', '/']);
      expect(values(location(server, '/'), 'proxy_pass')).toHaveLength(1);
      expect(values(server.block, 'ssl_certificate')).toEqual([['/run/gatehouse/certificates/default.pem']]);
    },
  },
];

/** The blocks of upstreams and servers, without the catch-all unless it is the subject. */
function fragment(bundle: Bundle, subject: Case): string {
  const whole = bundle.files.get('nginx.conf') ?? '';
  if (subject.whole === true) return whole;
  const blocks = whole.slice(whole.search(/^ {4}(?:upstream|server) /m), whole.search(/^ {4}# Answers/m));
  const catchAll = /^\n {4}server \{\n(?: *listen .*\n)* *server_name _;(?:.*\n)*? {4}\}\n/m;
  return ('hosts' in subject.model ? blocks : blocks.replace(subject.model.name === '' ? '\0' : catchAll, '')).trim();
}

describe('goldens', () => {
  it.each(cases)('$name', (subject) => {
    const model = 'hosts' in subject.model ? subject.model : aModel([subject.model]);
    const bundle = createRenderer(someRenderOptions(subject.options)).render(model);
    const tree = lexNginx(bundle.files.get('nginx.conf') ?? '');
    const http = tree.ok ? tree.value.find(({ name }) => name === 'http') : undefined;
    const servers = (http?.block ?? []).filter(({ name }) => name === 'server');
    // The catch-all is the first; the proof is the last.
    const server = servers[model.hosts.length - 1];
    expect(server).toBeDefined();
    if (server !== undefined) subject.intent(server, bundle);
    const file = join(directory, subject.name, 'nginx.conf');
    const rendered = `${fragment(bundle, subject).trimEnd()}\n`;
    if (writes) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, rendered);
    }
    expect(rendered).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '(no golden)');
  });

  it('are all there, and no others', () => {
    expect(readdirSync(directory).sort()).toEqual(cases.map(({ name }) => name).sort());
  });
});
