/**
 * Duty: that nginx and its PCRE agree with our judgement of paths that are regular expressions: what we take compiles,
 * matches what it says, and cannot keep a worker busy.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRenderer } from '@gatehouse/nginx';
import type { Model } from '@gatehouse/routing';
import {
  anEndpointSlice,
  anIngress,
  anIngressClass,
  aService,
  connectRaw,
  matchesRequest,
  resolveObjects,
} from '@gatehouse/testing';
import fc from 'fast-check';
import { makePlace, objectionTo, renderOptionsFor, startRendered, type NginxPlace } from './harness/bare-nginx.ts';

const HOST = 'regex.example';
const seed = Number(process.env['GATEHOUSE_SEED'] ?? Date.now());

const atoms = [
  'a',
  'b',
  '/',
  '.',
  '\\.',
  '\\-',
  '-',
  '_',
  '[ab]',
  '[^/]',
  '[a-z0-9-]',
  '[[:alpha:]]',
  '[^[:^digit:]x]',
  '\\d',
];
const more = ['\\w', '\\S', '[\\w.-]', '\\b', '\\{', '}', ']', '"', "'", ';', '#', ' ', '%', '@', 'é', '\\\\', '\\$'];
const shapes = [
  '(',
  ')',
  '(?:',
  '(?=',
  '(?!',
  '|',
  '*',
  '+',
  '?',
  '*?',
  '{2}',
  '{2,}',
  '{1,30}',
  '{1000}',
  '$',
  '^',
  '(?i)',
];
const odd = ['[', '[^]', '[]', '{', '\\', '\\1', '(?<n>', '(*', '++', '[z-a]', '[a-\\d]', '(?', '{,3}', '\\x', '\\Q'];
const token = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...atoms) },
  { weight: 2, arbitrary: fc.constantFrom(...more) },
  { weight: 4, arbitrary: fc.constantFrom(...shapes) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const expression = fc.array(token, { maxLength: 16 }).map((tokens) => `/${tokens.join('')}`);

/** The model of one Ingress whose paths are these expressions, without those that are refused. */
function modelOf(paths: readonly string[]): Model {
  const ingress = anIngress({
    annotations: { 'nginx.ingress.kubernetes.io/use-regex': 'true' },
    rules: [{ host: HOST, paths: paths.map((path) => ({ path, pathType: 'ImplementationSpecific' })) }],
  });
  return resolveObjects([anIngressClass(), aService(), anEndpointSlice(), ingress]).model;
}

const routesOf = (model: Model) => model.hosts.find(({ name }) => name === HOST)?.routes ?? [];

describe('a path that is a regular expression and was taken', () => {
  let place: NginxPlace;
  beforeAll(async () => {
    place = await makePlace();
  });
  afterAll(() => place.remove());

  it(`compiles in nginx, whatever was written (GATEHOUSE_SEED=${seed})`, () => {
    let taken = 0;
    for (let batch = 0; batch < 12; batch++) {
      const model = modelOf([...new Set(fc.sample(expression, { numRuns: 1500, seed: seed + batch }))]);
      taken += routesOf(model).length;
      const { files, problems } = createRenderer(renderOptionsFor(place)).render(model);
      expect(problems).toEqual([]);
      expect(objectionTo(place, files.get('nginx.conf') ?? '')).toBeUndefined();
    }
    expect(taken).toBeGreaterThan(1500);
  }, 120_000);

  it('compiles also at the limits', () => {
    const model = modelOf([
      `/${'a'.repeat(511)}`,
      `/${'[a-z]{1000}'.repeat(40)}`,
      `/(?:${'[a-z]{2}x'.repeat(3)}){100}`,
      `/(?:${'[a-c]'.repeat(9)}){95}`,
      `/${'(a)'.repeat(9)}`,
      `/${'(?:'.repeat(10)}a${')'.repeat(10)}`,
      `/(?:${Array.from({ length: 100 }, (_, i) => `x${i}`).join('|')})`,
    ]);
    expect(routesOf(model)).toHaveLength(7);
    const { files } = createRenderer(renderOptionsFor(place)).render(model);
    expect(objectionTo(place, files.get('nginx.conf') ?? '')).toBeUndefined();
  });

  it('matches what the model says', async () => {
    const paths = [
      '/shop(/|$)(.*)',
      '/(?:x|y)(/.*)?',
      '/v[0-9]+/x',
      '/img/.*\\.(png|jpg)$',
      '/api/(v1|v2)/(.*)',
      '/(?!no).z',
    ];
    const model = modelOf(paths);
    expect(routesOf(model)).toHaveLength(paths.length);
    const marked: Model = {
      ...model,
      hosts: model.hosts.map((host) => ({ ...host, routes: host.routes.map(redirectToItself) })),
    };
    const nginx = await startRendered(marked);
    try {
      const targets = ['/shop', '/shop/', '/shopping', '/SHOP/a', '/x', '/y/a', '/xyz', '/v1/x', '/v/x', '/v12/xa'];
      targets.push(
        '/img/a.png',
        '/img/a.pngx',
        '/img/a/b.JPG',
        '/api/v1/',
        '/api/v3/',
        '/az',
        '/nz',
        '/noz',
        '/',
        '/caf%C3%A9',
      );
      for (const target of targets) {
        const answer = matchesRequest(marked, HOST, target);
        const status = answer.kind === 'route' ? (answer.route.policy.redirect?.status ?? 0) : 404;
        const expected = answer.kind === 'route' ? locationOf(answer.route) : undefined;
        expect([target, ...(await ask(nginx.httpPort, target))]).toEqual([target, status, expected]);
      }
    } finally {
      await nginx.close();
    }
  });

  it('cannot keep a worker busy', async () => {
    const paths = [
      '/(.*)/a/(.*)/b',
      '/.*a.*b',
      '/(?:[^/]+/)*x',
      '/([a-z]+[0-9])+!',
      '/(a|ab)(c|bcd)(d*)e',
      '/[a-z]{1,500}[a-c]{1,500}!',
    ];
    const model = modelOf(paths);
    expect(routesOf(model)).toHaveLength(paths.length);
    const nginx = await startRendered(model);
    try {
      for (const pump of ['a', '/a', 'a/', 'ab', 'a1', 'abcd', 'a/a/', '/a/b'.slice(0, 3)]) {
        const start = performance.now();
        await ask(nginx.httpPort, `/${pump.repeat(7000 / pump.length)}`);
        expect(performance.now() - start).toBeLessThan(1500);
      }
    } finally {
      await nginx.close();
    }
  }, 60_000);
});

type Route = ReturnType<typeof routesOf>[number];

/** Answers without any backend, in a way that tells which route it was. */
function redirectToItself(route: Route): Route {
  const text = `/route${route.origin.field.replaceAll(/[^0-9]+/g, '-')}`;
  return { ...route, policy: { ...route.policy, redirect: { status: 302, location: [{ kind: 'text', text }] } } };
}

function locationOf({ policy: { redirect } }: Route): string | undefined {
  const [part] = redirect?.location ?? [];
  return part?.kind === 'text' ? part.text : undefined;
}

async function ask(port: number, target: string): Promise<readonly [number, string | undefined]> {
  const client = await connectRaw(port);
  client.send(`GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
  const { text } = await client.untilClosed();
  const location = /^Location: (?:http:\/\/[^/]+)?(.*)\r$/im.exec(text)?.[1];
  return [Number(text.split(' ', 2)[1]), location];
}
