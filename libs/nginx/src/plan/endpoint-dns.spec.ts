import { describe, expect, it } from '@jest/globals';
import { aBackend, aHost, aModel, aRoute, aStream, nginx122, someRenderOptions } from '@gatehouse/testing';
import type { Bundle } from '../bundle.ts';
import { createRenderer } from '../render/renderer.ts';
import { renderEndpointZone } from '../templates/endpoint-dns.ts';
import { planEndpointZone } from './endpoint-dns.ts';

const options = someRenderOptions({ endpointDnsPort: 5301, resolvers: ['10.0.0.10'] });
const render = (endpoints: readonly string[], more = options): Bundle =>
  createRenderer(more).render(aModel([aHost({ routes: [aRoute({ backend: aBackend('tea', endpoints) })] })]));
const textOf = (bundle: Bundle, file = 'nginx.conf'): string => bundle.files.get(file) ?? '';

describe('endpoints by DNS', () => {
  it('stand beside the configuration, under the name that it asks for', () => {
    const bundle = render(['10.1.0.1:8080', '10.1.0.2:8081']);
    const [[name, backend] = ['', undefined]] = [...bundle.told];
    expect(bundle.told.size).toBe(1);
    expect(backend?.endpoints).toEqual([
      { address: '10.1.0.1', port: 8080 },
      { address: '10.1.0.2', port: 8081 },
    ]);
    expect(textOf(bundle)).toContain(`server ${name}.gatehouse service=e max_fails=0 resolve;`);
    expect(textOf(bundle)).toContain('resolver 127.0.0.1:5301;');
    expect(textOf(bundle)).not.toMatch(/10\.1\.0|10\.0\.0\.10/);
  });

  it('change no byte of the configuration, not even when there are none', () => {
    const [before, ...others] = [['10.1.0.1:8080'], ['10.1.0.2:9090', '10.1.0.3:9090'], []].map((each) => render(each));
    for (const after of others) {
      expect(after.digest).toBe(before?.digest);
      expect(after.files).toEqual(before?.files);
      expect([...after.told.keys()]).toEqual([...(before?.told.keys() ?? [])]);
      expect(after.told).not.toEqual(before?.told);
    }
  });

  it('can be asked of nginx where it keeps connections of locations apart, and nowhere else', () => {
    const text = textOf(render(['10.1.0.1:8080']));
    expect(text).toMatch(/keepalive [0-9]+ local;/);
    expect(text).toContain('location ~ ^/peers/4/');
    const capabilities = { ...options.capabilities, upstreamKeepaliveByDefault: false };
    for (const more of [{ ...options, capabilities }, someRenderOptions()]) {
      expect(textOf(render(['10.1.0.1:8080'], more))).not.toMatch(/ local;|peers/);
    }
  });

  const policy = { rewriteTarget: [{ kind: 'text' as const, text: '/new' }] };
  it.each([
    ['a page for errors', aBackend('pages'), 'default'],
    ['none', undefined, 'none'],
  ])('have all requests that nobody answered looked at in one place, where there is %s', (_, defaultBackend, asked) => {
    const host = aHost({ routes: [aRoute({ path: '/a' }), aRoute({ path: '/b', policy })] });
    const text = textOf(createRenderer(options).render(aModel([host], defaultBackend && { defaultBackend })));
    const server = text.slice(text.indexOf(`server_name ${host.name}`));
    expect(text.match(/error_page 502 = \$gatehouse_error_page;/g)).toHaveLength(1);
    expect(server.match(/location @gatehouse_error /g)).toHaveLength(1);
    expect(server.match(new RegExp(`root "/anew/${asked}/-/default/`, 'g'))).toHaveLength(4);
  });

  it.each([
    ['are told of by nginx where pages replace its 502, too', [404, 502], aBackend('pages'), 'root "/anew/default/'],
    [
      'are none as the configuration says, where they replace answers but not that',
      [404, 503],
      aBackend('pages'),
      'return 503;',
    ],
    ['are told of by nginx where pages are to replace answers, and nobody makes any', [404], undefined, '/anew/none/'],
  ])('%s', (_, errorCodes, defaultBackend, wanted) => {
    const policy = { errorCodes, interceptsErrors: true };
    const host = aHost({ routes: [aRoute({ backend: aBackend('tea', []), policy })] });
    const text = textOf(createRenderer(options).render(aModel([host], defaultBackend && { defaultBackend })));
    const server = /server_name cafe\.example\.com;[^]*?\n {4}}\n/.exec(text)?.[0];
    expect(server).toContain(wanted);
    expect(server?.includes('return 503;')).toBe(wanted === 'return 503;');
  });

  it.each([undefined, aBackend('own-pages')])(
    'let no request begin anew over gRPC, nor have a page: its body is gone, and whoever makes one would wait for it',
    (errorBackend) => {
      const route = aRoute({ policy: { backendProtocol: 'GRPC' }, ...(errorBackend && { errorBackend }) });
      const host = aHost({ routes: [route] });
      const text = textOf(createRenderer(options).render(aModel([host], { defaultBackend: aBackend('pages') })));
      const server = /server_name cafe\.example\.com;[^]*?\n {4}}\n/.exec(text)?.[0];
      expect(server).toContain('grpc_pass');
      expect(server).not.toContain('root "/');
    },
  );

  it('leave an ExternalName to the DNS servers of the machine', () => {
    const bundle = render(['web.example.org:80']);
    expect(bundle.told.size).toBe(0);
    expect(textOf(bundle)).toMatch(
      /resolver 10\.0\.0\.10;\s+resolver_timeout 5s;\s+server web\.example\.org:80 max_fails=0 resolve;/,
    );
  });

  it('leave an ExternalName of a TCP port to them as well', () => {
    const stream = aStream({ backend: aBackend('out', ['db.example.org:5432']) });
    const bundle = createRenderer(options).render(aModel([], { streams: [stream] }));
    expect(bundle.told.size).toBe(0);
    expect(textOf(bundle)).toMatch(
      /zone [a-p]+ 64k;\s+resolver 10\.0\.0\.10;\s+resolver_timeout 5s;\s+server db\.example\.org:5432 max_fails=0 resolve;/,
    );
  });

  it('stand in the configuration for an nginx that cannot ask for them', () => {
    const bundle = render(['10.1.0.1:8080'], { ...options, capabilities: nginx122 });
    expect(bundle.told.size).toBe(0);
    expect([...bundle.files.keys()]).toEqual(['nginx.conf']);
    expect(textOf(bundle)).toContain('server 10.1.0.1:8080 max_fails=0;');
    expect(textOf(bundle)).not.toContain('gatehouse_endpoints');
  });

  it('are learned by a configuration with the same upstreams that listens for nobody', () => {
    const start = textOf(render(['10.1.0.1:8080']), 'start.conf');
    expect(start.match(/^\s*listen .*$/gm)?.map((line) => line.trim())).toEqual([
      'listen 127.0.0.2:5301;',
      'listen "unix:/run/gatehouse/proxy/proof.sock";',
    ]);
    expect(start).toContain('.gatehouse service=e max_fails=0 resolve;');
  });

  it.each([
    [{ upstreams: 0, endpoints: 0 }, '128m'],
    [{ upstreams: 10_000, endpoints: 30_000 }, '128m'],
    [{ upstreams: 20_000, endpoints: 60_000 }, '256m'],
    [{ upstreams: 1000, endpoints: 200_000 }, '512m'],
  ])('have memory for %j of %s, twice what they need', (counts, size) => {
    const zone = planEndpointZone('http', counts, options);
    expect(zone && renderEndpointZone(zone)).toContain(`zone gatehouse_endpoints ${size};`);
  });
});
