import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
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
  lexed,
  nginx122,
  someRenderOptions,
  someSettings,
} from '@gatehouse/testing';
import { lexNginx } from '../lexer/lex-nginx.ts';
import { createRenderer } from './renderer.ts';

const options = someRenderOptions();
const render = (model: Model) => createRenderer(options).render(model);
const textOf = (model: Model): string => render(model).files.get('nginx.conf') ?? '';

/** Host `h<seed>.example.com`; the same seed gives an equal host, but never the same object. */
function hostOf(seed: number): HostModel {
  const backend = aBackend(`svc-${seed % 3}`);
  return aHost({
    name: `h${seed}.example.com`,
    hasTls: seed % 2 === 0,
    routes: [
      aRoute({ path: `/a${seed}`, backend }),
      aRoute({ path: '/b', backend, origin: anOrigin(`ingress-${seed}`) }),
    ],
  });
}

const seeds = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 8 });

describe('createRenderer', () => {
  it('gives the same bytes for the same model, however it was built and whatever came before', () => {
    fc.assert(
      fc.property(seeds, fc.array(seeds, { maxLength: 3 }), (last, before) => {
        const renderer = createRenderer(options);
        const pool = new Map(before.flat().map((seed) => [seed, hostOf(seed)]));
        for (const each of before) renderer.render(aModel(each.map((seed) => pool.get(seed) ?? hostOf(seed))));
        const warm = renderer.render(aModel(last.map((seed) => pool.get(seed) ?? hostOf(seed))));
        const cold = render(aModel([...last].reverse().map(hostOf)));
        expect(warm.files).toEqual(cold.files);
        expect(warm.digest).toBe(cold.digest);
      }),
    );
  });

  it('changes no byte of another host when a host is added', () => {
    fc.assert(
      fc.property(seeds, fc.nat(30), (present, added) => {
        fc.pre(!present.includes(added));
        const blocksOf = (all: readonly number[]) =>
          textOf(aModel(all.map(hostOf)))
            .replace(/^ {4}# Answers[^]*/m, '')
            .split(/(?=^ {4}server \{)/m)
            .slice(1);
        const after = blocksOf([...present, added]);
        expect(after).toEqual(expect.arrayContaining(blocksOf(present)));
        expect(after).toHaveLength(present.length + 2);
      }),
    );
  });

  it('has another digest exactly when the text without the proof is another', () => {
    fc.assert(
      fc.property(seeds, seeds, (left, right) => {
        const a = render(aModel(left.map(hostOf)));
        const b = render(aModel(right.map(hostOf)));
        const withoutDigest = ({ files, digest }: typeof a) => files.get('nginx.conf')?.replace(digest, '');
        expect(a.digest === b.digest).toBe(withoutDigest(a) === withoutDigest(b));
      }),
    );
  });

  it('tells how nginx is where it is asked to, and is another configuration then', () => {
    const of = (shape: Parameters<typeof someRenderOptions>[0]) =>
      createRenderer(someRenderOptions(shape)).render(aModel());
    const told = of({ statusPort: 10_246 });
    const text = told.files.get('nginx.conf') ?? '';
    expect(text).toContain('listen 127.0.0.1:10246;');
    expect(text).toContain('stub_status;');
    expect(told.digest).not.toBe(of({}).digest);
    expect(told.digest).not.toBe(of({ statusPort: 10_247 }).digest);
    const poor = of({ statusPort: 10_246, capabilities: { ...options.capabilities, stubStatus: false } });
    expect(poor.files.get('nginx.conf')).not.toContain('stub_status');
    expect(told.originOfLine(text.split('\n').findIndex((line) => line.includes('stub_status')) + 1)).toBeUndefined();
    expect(of({}).files.get('nginx.conf')).not.toContain('/nginx_status');
  });

  it('answers the proof with the digest', () => {
    const { digest, files } = render(aModel());
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(files.get('nginx.conf')).toContain(`return 200 ${digest};`);
  });

  it('takes up a change of endpoints, settings, certificates and the default certificate', () => {
    const renderer = createRenderer(options);
    const host = aHost({ routes: [aRoute()] });
    const model = aModel([host]);
    const changed: readonly Model[] = [
      aModel([aHost({ routes: [aRoute({ backend: aBackend('tea-svc', ['10.1.0.2:8080']) })] })]),
      aModel([host], { settings: someSettings({ upstreamKeepaliveConnections: 1 }) }),
      aModel([host], { settings: someSettings({ tlsRedirectStatus: 301 }) }),
      aModel([aHost({ ...host, certificate: aModelCertificate('pem', 'a'.repeat(64)) })]),
      aModel([host], { defaultCertificate: aModelCertificate('pem', 'b'.repeat(64)) }),
    ];
    const digests = [model, ...changed, model].map((each) => renderer.render(each).digest);
    // The status of redirects to TLS is written nowhere here: no host has TLS.
    expect(digests[3]).toBe(digests[0]);
    expect(new Set(digests).size).toBe(5);
    expect(digests.at(-1)).toBe(digests[0]);
  });

  it('names the certificates as files, once each, with those that are used', () => {
    const certificate = aModelCertificate('one', 'a'.repeat(64));
    const bundle = createRenderer(options).render(
      aModel([aHost({ name: 'a.example.com', certificate }), aHost({ name: 'b.example.com', certificate })], {
        defaultCertificate: aModelCertificate('two', 'b'.repeat(64)),
      }),
    );
    expect([...bundle.certificates.keys()].sort()).toEqual([`${'a'.repeat(64)}.pem`, `${'b'.repeat(64)}.pem`]);
    expect(bundle.files.get('nginx.conf')).not.toContain('default.pem');
  });

  it('names the default certificate for all servers as soon as the catch-all has one of its own', () => {
    const [own, fallback] = [aModelCertificate('one', 'a'.repeat(64)), aModelCertificate('two', 'b'.repeat(64))];
    const plain = aHost({ name: 'plain.example.com' });
    const certificatesNamed = (model: Model) => {
      const bundle = render(model);
      const http = lexed(bundle.files.get('nginx.conf') ?? '').find(({ name }) => name === 'http');
      return { http: argsOf(http?.block, 'ssl_certificate').flat(), files: [...bundle.certificates.keys()] };
    };
    const directory = '/run/gatehouse/keys';
    const catchAll = aHost({ name: '', certificate: own });
    expect(certificatesNamed(aModel([catchAll, plain], { defaultCertificate: fallback }))).toEqual({
      http: [`${directory}/${fallback.id}.pem`],
      files: [`${own.id}.pem`, `${fallback.id}.pem`],
    });
    expect(certificatesNamed(aModel([catchAll, plain]))).toEqual({
      http: [`${directory}/default.pem`],
      files: [`${own.id}.pem`],
    });
    expect(certificatesNamed(aModel([plain], { defaultCertificate: fallback })).http).toEqual([]);
  });

  it('writes no word of TLS or gRPC for an nginx without these modules, and says so', () => {
    const capabilities = { ...nginx122, ssl: false, http2: false };
    const routes = (['GRPC', 'HTTPS'] as const).map((backendProtocol) =>
      aRoute({ path: `/${backendProtocol}`, policy: { backendProtocol } }),
    );
    const bundle = createRenderer(someRenderOptions({ capabilities })).render(aModel([aHost({ routes })]));
    expect(bundle.files.get('nginx.conf')).not.toMatch(/^\s*(?:ssl|grpc|http2|listen .* ssl)/m);
    expect(bundle.problems.map(({ code }) => code)).toEqual(expect.arrayContaining(['AnnotationNeedsNewerNginx']));
  });

  it('warns of gRPC without TLS where nginx cannot speak HTTP/2 beside HTTP/1.1', () => {
    const route = aRoute({ policy: { backendProtocol: 'GRPC' } });
    const problemsFor = (hasTls: boolean, capabilities = nginx122) =>
      createRenderer(someRenderOptions({ capabilities })).render(aModel([aHost({ hasTls, routes: [route] })])).problems;
    expect(problemsFor(false)).toMatchObject([{ code: 'AnnotationNeedsNewerNginx', object: route.origin.object }]);
    expect(problemsFor(true)).toEqual([]);
    expect(problemsFor(false, options.capabilities)).toEqual([]);
  });

  it('takes no more connections than files may be open', () => {
    const connections = (openFileLimit: number) =>
      createRenderer(someRenderOptions({ openFileLimit }))
        .render(aModel())
        .files.get('nginx.conf')
        ?.match(/worker_connections \d+/)?.[0];
    expect([1024, 1_048_576].map(connections)).toEqual(['worker_connections 1024', 'worker_connections 16384']);
  });

  it('makes room for long and many names', () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example`;
    expect(textOf(aModel([aHost({ name: long })]))).toContain('server_names_hash_bucket_size 4096;');
    const many = Array.from({ length: 600 }, (_, index) => aHost({ name: `h${index}.example.com` }));
    expect(textOf(aModel(many))).toContain('server_names_hash_max_size 2048;');
  });

  it('leaves out a path that cannot be written and closes a route whose annotations cannot, with a Problem each', () => {
    const { problems, files } = render(
      aModel([
        aHost({
          routes: [
            aRoute({ path: '/a\nb', origin: anOrigin('one') }),
            aRoute({ path: '/(', match: 'regex', origin: anOrigin('two') }),
            aRoute({
              path: '/c',
              origin: anOrigin('three'),
              policy: { redirect: { status: 301, location: [{ kind: 'variable', name: 'uri' }] } },
            }),
          ],
        }),
      ]),
    );
    expect(problems.map(({ code, object }) => [code, object.name]).sort()).toEqual([
      ['AnnotationInvalid', 'three'],
      ['PathInvalid', 'one'],
      ['PathRegexInvalid', 'two'],
    ]);
    const tree = lexNginx(files.get('nginx.conf') ?? '');
    expect(tree.ok).toBe(true);
    expect(files.get('nginx.conf')).toContain('return 503;');
  });
});

describe('originOfLine', () => {
  const one = anOrigin('one');
  const two = anOrigin('two');
  const three = anOrigin('three');
  const bundle = render(
    aModel([
      aHost({
        name: 'a.example.com',
        routes: [
          aRoute({ path: '/one', origin: one }),
          aRoute({ path: '/two', origin: two, backend: aBackend('two-svc', ['10.2.2.2:80']) }),
        ],
      }),
      aHost({ name: 'b.example.com', fallback: aFallback({ origin: three }) }),
    ]),
  );
  const lines = (bundle.files.get('nginx.conf') ?? '').split('\n');
  const originOf = (found: RegExp, after = 0) =>
    bundle.originOfLine(lines.findIndex((line, index) => index >= after && found.test(line)) + 1);

  it.each([
    ['a location', /location = "\/one"/, one],
    ['the next location', /location "\/two\/"/, two],
    ['a server, by its first route', /server_name a\.example/, one],
    ['a server with a fallback alone', /server_name b\.example/, three],
    ['an upstream, by who uses it first', /server 10\.2\.2\.2:80/, two],
    ['an upstream of several', /server 10\.1\.0\.1:8080/, one],
    ['nobody, in the head', /^http/, undefined],
    ['nobody, in the catch-all', /server_name _/, undefined],
    ['nobody, in the proof', /return 200/, undefined],
  ])('names %s', (_what, line, origin) => {
    expect(originOf(line)).toEqual(origin);
  });

  it('names the same for every line of a location', () => {
    const start = lines.findIndex((line) => line.includes('location "/two/"'));
    expect([1, 2, 3].map((offset) => bundle.originOfLine(start + offset))).toEqual([two, two, two]);
  });

  it('knows nobody outside the file', () => {
    expect([0, -1, lines.length + 5].map((line) => bundle.originOfLine(line))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
