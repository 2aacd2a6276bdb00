import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Interpolated } from '@gatehouse/annotations';
import type { Model, RouteNames } from '@gatehouse/routing';
import { aBackend, aHost, aModel, anOrigin, aRoute, someRenderOptions } from '@gatehouse/testing';
import { lexNginx, type NginxTree } from '../lexer/lex-nginx.ts';
import { createRenderer } from './renderer.ts';

/** Every string that a tenant can bring into a model, in one record. */
interface Texts {
  readonly exact: string;
  readonly prefix: string;
  readonly regex: string;
  readonly redirect: string;
  readonly rewrite: string;
  readonly host: string;
  readonly appRoot: string;
  readonly names: RouteNames;
}

const harmless: Texts = {
  exact: 'e',
  prefix: 'p',
  regex: 'r',
  redirect: 'x',
  rewrite: 'y',
  host: 'h',
  appRoot: 'a',
  names: { namespace: 'n', ingress: 'i', service: 's', servicePort: '80' },
};

const breakouts = [
  '"',
  '\\',
  '\\"',
  "'",
  ';',
  '}',
  '{',
  '#',
  '$',
  '${',
  '${host}',
  '$host',
  '$1',
  ' ',
  '~',
  '= ',
  '@',
  '*',
  '^~',
  '"; }',
  '/;}',
  '\\\\"',
  '"#',
  'off',
  'default',
  '; return 200 "x',
  '") { return 200 x; } #',
  '%0a',
  'é',
  '\u2028',
  '\u00a0',
  '{{x}}',
  '{{{x}}}',
  '{{/locations}}',
  '<%',
];
const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...breakouts), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 6 })
  .map((parts) =>
    parts
      .join('')
      .replace(/\p{Cc}/gu, '')
      .replace(/[\ud800-\udfff]/g, ''),
  );

const hostile: fc.Arbitrary<Texts> = fc.record({
  exact: hostileText,
  prefix: hostileText,
  // What routing lets through is narrower; a question mark or parenthesis may make the expression a broken one.
  regex: hostileText.map((text) => text.replace(/[()[\]\\?*]/g, '')),
  redirect: hostileText,
  rewrite: hostileText.map((text) => text.replaceAll('?', '')),
  host: hostileText,
  appRoot: hostileText,
  names: fc.record({ namespace: hostileText, ingress: hostileText, service: hostileText, servicePort: hostileText }),
});

function modelOf(texts: Texts): Model {
  const { names } = texts;
  const text = (value: string): Interpolated => [
    { kind: 'text', text: value },
    { kind: 'variable', name: 'service_name' },
    { kind: 'variable', name: 'host' },
  ];
  const errorBackend = aBackend('errors');
  return aModel([
    aHost({
      name: 'a.example.com',
      routes: [
        aRoute({
          path: `/1${texts.exact}`,
          match: 'exact',
          names,
          policy: { redirect: { status: 302, location: text(texts.redirect) } },
        }),
        aRoute({ path: `/2${texts.prefix}`, names, policy: { rewriteTarget: text(`/${texts.rewrite}`) } }),
        aRoute({ path: '/3', names, policy: { upstreamHost: text(texts.host), errorCodes: [404] }, errorBackend }),
      ],
      appRoot: { path: `/${texts.appRoot}`, origin: anOrigin() },
    }),
    aHost({
      name: 'b.example.com',
      routes: [
        aRoute({
          path: `/4${texts.regex}`,
          match: 'regex',
          names,
          policy: { rewriteTarget: text(`/${texts.rewrite}`) },
        }),
        aRoute({ path: `/5${texts.prefix}`, names }),
      ],
    }),
  ]);
}

type Shape = readonly (readonly [name: string, argCount: number, block: Shape | undefined])[];

function shapeOf(tree: NginxTree): Shape {
  return tree.map(({ name, args, block }) => [name, args.length, block === undefined ? undefined : shapeOf(block)]);
}

function treeOf(model: Model): NginxTree {
  const tree = lexNginx(createRenderer(someRenderOptions()).render(model).files.get('nginx.conf') ?? '');
  if (!tree.ok) throw new Error(tree.error);
  return tree.value;
}

/** The hosts' servers: those with a `server_name` of ours. */
function serversOf(tree: NginxTree): NginxTree {
  const http = tree.find(({ name }) => name === 'http');
  return (http?.block ?? []).filter(({ name }) => name === 'server');
}

/** Locations sorted, since those of regular expressions are ordered by their length. */
function sorted(shape: Shape): Shape {
  const inner = shape.map(([name, count, block]) => [name, count, block && sorted(block)] as const);
  return inner.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe('hostile text', () => {
  const expected = sorted(shapeOf(treeOf(modelOf(harmless))));

  it('never changes the shape of the configuration', () => {
    fc.assert(
      fc.property(hostile, (texts) => {
        // A path that ends in a slash is another kind of location, which is no breakout.
        fc.pre(!texts.exact.endsWith('/'));
        expect(sorted(shapeOf(treeOf(modelOf(texts))))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('comes back from the configuration as it was put in', () => {
    fc.assert(
      fc.property(hostile, (texts) => {
        fc.pre(!texts.exact.endsWith('/'));
        const [, a, b] = serversOf(treeOf(modelOf(texts)));
        const args = [a, b].flatMap((server) => server?.block ?? []).map((directive) => directive.args);
        expect(args).toContainEqual(['=', `/1${texts.exact}`]);
        expect(args).toContainEqual([`/2${texts.prefix}/`]);
        expect(args).toContainEqual(['~*', `^(?:/4${texts.regex})`]);
        const dollars = (text: string): string => text.replaceAll('$', '${gatehouse_dollar}');
        const redirect = a?.block?.find((directive) => directive.args[1] === `/1${texts.exact}`)?.block ?? [];
        expect(redirect.map((directive) => directive.args)).toEqual([
          ['302', `${dollars(texts.redirect + texts.names.service)}\${host}`],
        ]);
      }),
      { numRuns: 200 },
    );
  });

  it('expands no variable that is not ours', () => {
    const known =
      /\$(?:\{(?:gatehouse_\w+|host|scheme|uri)\}|(?:gatehouse_\w+|host|remote_addr|scheme|status)\b|http_\w+|request_uri)/g;
    fc.assert(
      fc.property(hostile, (texts) => {
        const directives = serversOf(treeOf(modelOf(texts))).flatMap((server) => server.block ?? []);
        const expanding = directives
          .flatMap((directive) => directive.block ?? [])
          .filter(({ name }) => ['return', 'proxy_set_header', 'set', 'proxy_pass'].includes(name))
          .flatMap(({ args }) => args);
        for (const arg of expanding) expect(arg.replace(known, '')).not.toContain('$');
      }),
    );
  });

  it.each(['\n', '\r', '\0', '\u0085'])(
    'with the control character %j is refused, and hurts only its own route',
    (text) => {
      const evil = { ...harmless, redirect: `x${text}y`, prefix: `x${text}y`, regex: `x${text}y` };
      const bundle = createRenderer(someRenderOptions()).render(modelOf(evil));
      expect(bundle.problems.length).toBeGreaterThanOrEqual(3);
      expect(lexNginx(bundle.files.get('nginx.conf') ?? '').ok).toBe(true);
      expect(bundle.files.get('nginx.conf')).not.toContain(`x${text}y`);
    },
  );
});
