import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostModel } from '@gatehouse/routing';
import {
  aBackend,
  aFallback,
  aHost,
  aModel,
  anOrigin,
  argsOf,
  aRoute,
  goldenText,
  lexed,
  locationIn,
  locationsOf,
  serversIn,
  someRenderOptions,
} from '@gatehouse/testing';
import type { Bundle } from '../bundle.ts';
import type { NginxDirective } from '../lexer/lex-nginx.ts';
import type { RenderOptions } from '../render-options.ts';
import { createRenderer } from './renderer.ts';

const directory = join(import.meta.dirname, '../../golden/matching');

interface Case {
  readonly name: string;
  readonly host: HostModel;
  readonly options?: Partial<RenderOptions>;
  /** What the case is about, asked of the lexed server. */
  readonly intent: (server: NginxDirective, bundle: Bundle) => void;
}

const coffee = aBackend('coffee-svc');

const cases: readonly Case[] = [
  {
    name: 'a-prefix-matches-whole-elements',
    host: aHost({ routes: [aRoute({ path: '/coffee', backend: coffee }), aRoute({ path: '/tea' })] }),
    intent: (server) => {
      expect(locationsOf(server)).toEqual(['= /coffee', '/coffee/', '= /tea', '/tea/', '/']);
      expect(argsOf(locationIn(server, '/tea/'), 'proxy_pass')).toEqual(
        argsOf(locationIn(server, '= /tea'), 'proxy_pass'),
      );
    },
  },
  {
    name: 'an-exact-path-wins-over-the-same-prefix',
    host: aHost({
      routes: [aRoute({ path: '/tea', match: 'exact', backend: coffee }), aRoute({ path: '/tea' })],
    }),
    intent: (server) => {
      expect(locationsOf(server)).toEqual(['= /tea', '/tea/', '/']);
      expect(argsOf(locationIn(server, '/tea/'), 'proxy_pass')).not.toEqual(
        argsOf(locationIn(server, '= /tea'), 'proxy_pass'),
      );
    },
  },
  {
    name: 'an-exact-path-that-ends-in-a-slash-redirects-nobody-to-it',
    host: aHost({ routes: [aRoute({ path: '/', match: 'exact' }), aRoute({ path: '/tea/', match: 'exact' })] }),
    intent: (server) => expect(locationsOf(server)).toEqual(['= /', '~ ^/tea/\\z', '/']),
  },
  {
    name: 'a-path-too-long-for-the-tree-is-a-regex',
    host: aHost({ routes: [aRoute({ path: '/tea' }), aRoute({ path: `/tea/${'é'.repeat(125)}`, backend: coffee })] }),
    intent: (server) =>
      expect(locationsOf(server)).toEqual(['= /tea', '/tea/', `~ ^/tea/${'é'.repeat(125)}(?:/|\\z)`, '/']),
  },
  {
    name: 'a-regex-makes-the-prefixes-of-its-host-regexes-longest-first',
    host: aHost({
      routes: [
        aRoute({ path: '/' }),
        aRoute({ path: '/a' }),
        aRoute({ path: '/a.b/c' }),
        aRoute({ path: '/a/[x-z]+', match: 'regex', backend: coffee }),
        aRoute({ path: '/e', match: 'exact' }),
      ],
    }),
    intent: (server) =>
      expect(locationsOf(server)).toEqual(['/', '= /e', '~* ^(?:/a/[x-z]+)', '~ ^/a\\.b/c(?:/|\\z)', '~ ^/a(?:/|\\z)']),
  },
  {
    name: 'of-expressions-of-equal-length-the-last-by-its-bytes-is-first',
    host: aHost({
      routes: [
        aRoute({ path: '/' }),
        aRoute({ path: '/a/[ab]', match: 'regex' }),
        aRoute({ path: '/a/[bc]', match: 'regex', backend: coffee }),
        aRoute({ path: '/a/zzzz' }),
      ],
    }),
    intent: (server) =>
      expect(locationsOf(server)).toEqual(['/', '~ ^/a/zzzz(?:/|\\z)', '~* ^(?:/a/[bc])', '~* ^(?:/a/[ab])']),
  },
  {
    name: 'a-wildcard-host-matches-exactly-one-label',
    host: aHost({ name: '*.example.com', routes: [aRoute()] }),
    intent: (server) => expect(argsOf(server.block, 'server_name')).toEqual([['~^[a-z0-9_-]+\\.example\\.com$']]),
  },
  {
    name: 'an-app-root-takes-the-place-of-the-exact-root',
    host: aHost({
      routes: [aRoute({ match: 'exact' }), aRoute()],
      appRoot: { path: '/app?$x', origin: anOrigin() },
    }),
    intent: (server) => {
      expect(locationsOf(server)).toEqual(['= /', '/']);
      expect(argsOf(locationIn(server, '= /'), 'return')).toEqual([
        ['302', '${gatehouse_scheme}://${host}${gatehouse_port_suffix}/app?${gatehouse_dollar}x'],
      ]);
    },
  },
  {
    name: 'a-fallback-answers-what-no-route-matches',
    host: aHost({ name: '', routes: [aRoute({ path: '/tea' })], fallback: aFallback() }),
    intent: (server) => {
      expect(locationsOf(server)).toEqual(['= /tea', '/tea/', '/']);
      expect(argsOf(locationIn(server, '/'), 'proxy_pass')).toHaveLength(1);
      expect(argsOf(server.block, 'ssl_certificate')).toEqual([['/run/gatehouse/keys/default.pem']]);
    },
  },
];

/** The upstream and server blocks of one host beside an empty catch-all. */
function blocksOf(bundle: Bundle, host: HostModel): string {
  const whole = bundle.files.get('nginx.conf') ?? '';
  const blocks = whole.slice(whole.search(/^ {4}(?:upstream|server) /m), whole.search(/^ {4}# Answers/m));
  const catchAll = /^\n? {4}server \{\n(?: *listen .*\n)* *server_name _;(?:.*\n)*? {4}\}\n/m;
  return `${(host.name === '' ? blocks : blocks.replace(catchAll, '')).replace(/^\n+/, '').trimEnd()}\n`;
}

describe('goldens of what matches', () => {
  it.each(cases)('$name', ({ name, host, options, intent }) => {
    const bundle = createRenderer(someRenderOptions(options)).render(aModel([host]));
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
