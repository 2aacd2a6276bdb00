import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Model } from '@gatehouse/routing';
import {
  aBackend,
  aHost,
  aModel,
  aModelCertificate,
  aRoute,
  aStream,
  nginx122,
  someRenderOptions,
  someSettings,
} from '@gatehouse/testing';
import { createRenderer } from './renderer.ts';

const OLD = someRenderOptions({ capabilities: nginx122 });
const NEW_WITH_DNS = someRenderOptions({ endpointDnsPort: 10_243, resolvers: ['10.0.0.10'] });
const NEW = someRenderOptions({ workersReadKeys: true, endpointDnsPort: 10_243 });

const host = (name: string, endpoints = ['10.1.0.1:8080'], more: Parameters<typeof aHost>[0] = {}) =>
  aHost({ name, routes: [aRoute({ backend: aBackend(`${name}-svc`, endpoints) })], ...more });
const withCertificate = (letter: string) =>
  host('a.x', undefined, { hasTls: true, certificate: aModelCertificate('pem', letter.repeat(64)) });

/** Why an nginx that runs the first is reloaded for the second. */
function causes(from: Model, to: Model, options = OLD): readonly string[] {
  const renderer = createRenderer(options);
  const { digest } = renderer.render(from);
  return renderer.render(to, digest).reloadCauses;
}

describe('the causes of a reload', () => {
  const base = aModel([host('a.x'), host('b.x')]);

  it.each<[string, Model, Model, readonly string[]]>([
    ['nothing', base, aModel([host('a.x'), host('b.x')]), []],
    ['another path', base, aModel([host('a.x'), host('b.x', undefined, { routes: [] })]), ['routes']],
    ['a host that goes', base, aModel([host('a.x')]), ['routes']],
    ['other endpoints', base, aModel([host('a.x', ['10.1.0.2:8080']), host('b.x')]), ['endpoints']],
    [
      'a Service that has its first endpoint',
      aModel([host('a.x', [])]),
      aModel([host('a.x')]),
      ['routes', 'endpoints'],
    ],
    ['a Service that has no endpoint left', aModel([host('a.x')]), aModel([host('a.x', [])]), ['routes', 'endpoints']],
    ['a host without endpoints that comes', base, aModel([...base.hosts, host('c.x', [])]), ['routes']],
    ['a host without endpoints that goes', aModel([...base.hosts, host('c.x', [])]), base, ['routes']],
    [
      'other endpoints of one host and a path of another',
      base,
      aModel([host('a.x', ['10.1.0.2:8080']), host('b.x', undefined, { routes: [] })]),
      ['routes', 'endpoints'],
    ],
    ['settings', base, aModel([...base.hosts], { settings: someSettings({ keepAliveTimeoutMs: 1000 }) }), ['settings']],
    ['a TCP port', base, aModel([...base.hosts], { streams: [aStream()] }), ['settings', 'streams']],
    [
      'another TCP port',
      aModel([], { streams: [aStream()] }),
      aModel([], { streams: [aStream({ port: 9001 })] }),
      ['streams'],
    ],
    ['a renewed certificate', aModel([withCertificate('a')]), aModel([withCertificate('b')]), ['certificates']],
  ])('are told of %s', (_, from, to, expected) => {
    expect(causes(from, to)).toEqual(expected);
  });

  it('are none where neither endpoints nor certificates stand in the configuration', () => {
    const [from, to] = [aModel([withCertificate('a')]), aModel([withCertificate('b')])];
    expect(causes(from, to, NEW)).toEqual([]);
    expect(causes(base, aModel([host('a.x', ['10.1.0.2:8080']), host('b.x')]), NEW)).toEqual([]);
  });

  it('are none for endpoints of TCP and UDP ports, the first and the last as well', () => {
    const withEndpoints = (...endpoints: readonly string[]): Model =>
      aModel([], { streams: [aStream({ backend: aBackend('db', endpoints) })] });
    const [none, one, two] = [withEndpoints(), withEndpoints('10.1.0.1:1'), withEndpoints('10.1.0.1:1', '10.1.0.2:1')];
    expect(causes(one, two, NEW)).toEqual([]);
    expect(causes(two, none, NEW)).toEqual([]);
    expect(causes(one, two)).toEqual(['streams']);
    // nginx 1.22 listens for nobody then, and needs no module.
    expect(causes(two, none)).toEqual(['settings', 'streams']);
  });

  it('are of what runs, whatever was rendered since', () => {
    const renderer = createRenderer(OLD);
    const running = renderer.render(base).digest;
    renderer.render(aModel([host('c.x')]), running);
    expect(renderer.render(base, running).reloadCauses).toEqual([]);
    expect(renderer.render(aModel([host('a.x', ['10.1.0.2:8080']), host('b.x')]), running).reloadCauses).toEqual([
      'endpoints',
    ]);
  });

  it('are some whenever the digest is another, and none when it is the same', () => {
    const models = fc.record({
      hosts: fc.uniqueArray(fc.constantFrom('a.x', 'b.x', 'c.x', 'd.x'), { maxLength: 4 }),
      endpoint: fc.constantFrom('10.1.0.1:80', '10.1.0.2:80'),
      certificate: fc.constantFrom('a', 'b', undefined),
      port: fc.constantFrom(9000, 9001, undefined),
      keepAliveTimeoutMs: fc.constantFrom(1000, 2000),
    });
    const build = ({
      hosts,
      endpoint,
      certificate,
      port,
      keepAliveTimeoutMs,
    }: typeof models extends fc.Arbitrary<infer T> ? T : never) =>
      aModel(
        hosts.map((name) =>
          host(
            name,
            [endpoint],
            certificate === undefined
              ? {}
              : { hasTls: true, certificate: aModelCertificate('pem', certificate.repeat(64)) },
          ),
        ),
        {
          settings: someSettings({ keepAliveTimeoutMs }),
          ...(port === undefined ? {} : { streams: [aStream({ port })] }),
        },
      );
    fc.assert(
      fc.property(models, models, fc.constantFrom(OLD, NEW), (left, right, options) => {
        const renderer = createRenderer(options);
        const from = renderer.render(build(left));
        const to = renderer.render(build(right), from.digest);
        expect(to.reloadCauses.length > 0).toBe(to.digest !== from.digest);
      }),
    );
  });
});

describe('the way from what runs', () => {
  it('leads on from there, though others were rendered that never ran', () => {
    const renderer = createRenderer(NEW);
    const running = renderer.render(aModel([host('a.x')])).digest;
    renderer.render(aModel([host('a.x'), host('b.x')]), running);
    const { bridge } = renderer.render(aModel([host('a.x'), host('b.x'), host('c.x')]), running);
    expect(bridge?.from).toBe(running);
  });

  it('has a TCP port serve whom it served until nginx knows the endpoints of another', () => {
    const to = (service: string): Model => aModel([], { streams: [aStream({ backend: aBackend(service) })] });
    const renderer = createRenderer(NEW);
    const before = renderer.render(to('old'));
    const after = renderer.render(to('new'), before.digest);
    const [old, now] = [before, after].map(({ told }) => [...told.keys()].join());
    expect(after.reloadCauses).toEqual(['streams']);
    const way = after.bridge?.text() ?? '';
    for (const name of [old, now]) expect(way).toContain(`server ${name}.gatehouse service=s max_fails=0 resolve;`);
    expect(way.match(/proxy_pass [a-z].*/g)).toEqual([`proxy_pass ${old};`]);
  });

  it('teaches nginx the endpoints of a Service that led to a name before', () => {
    const renderer = createRenderer(NEW_WITH_DNS);
    const before = renderer.render(aModel([host('a.x', ['web.example.org:80'])]));
    const after = renderer.render(aModel([host('a.x')]), before.digest);
    const way = after.bridge?.text() ?? '';
    expect(way).toContain('server web.example.org:80');
    for (const name of after.told.keys()) expect(way).toContain(`server ${name}.gatehouse service=e`);
    expect(after.told.size).toBe(1);
  });

  it('needs no learning where no TCP port was open: nobody could ask there before', () => {
    const renderer = createRenderer(NEW);
    const { digest } = renderer.render(aModel([]));
    expect(renderer.render(aModel([], { streams: [aStream()] }), digest).bridge).toBeUndefined();
  });
});
