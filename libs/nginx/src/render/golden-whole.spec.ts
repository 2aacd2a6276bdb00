import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { objectKey } from '@gatehouse/core';
import type { Certificate, Model } from '@gatehouse/routing';
import {
  aBackend,
  aFallback,
  aHost,
  aModel,
  aModelCertificate,
  aRoute,
  aStream,
  argsOf,
  goldenText,
  lexed,
  nginx122,
  locationIn,
  serversIn,
  someClients,
  someRenderOptions,
  someSettings,
} from '@gatehouse/testing';
import type { Bundle } from '../bundle.ts';
import type { NginxDirective } from '../lexer/lex-nginx.ts';
import type { RenderOptions } from '../render-options.ts';
import { createRenderer } from './renderer.ts';

const directory = join(import.meta.dirname, '../../golden/whole');

interface Case {
  readonly name: string;
  readonly model: Model;
  readonly options?: Partial<RenderOptions>;
  /** What the case is about, asked of the lexed server. */
  readonly intent: (server: NginxDirective, bundle: Bundle) => void;
}

const aCertificate = (secret: string): Certificate => ({
  ...aModelCertificate('', createHash('sha256').update(secret).digest('hex')),
  secret: objectKey('default', secret),
});

const cases: readonly Case[] = [
  {
    name: 'a-server-of-its-own-asks-for-error-pages',
    model: aModel(
      [
        aHost({
          fallback: aFallback(),
          routes: [aRoute({ path: '/tea', errorBackend: aBackend('errors', ['10.1.0.5:8080']) })],
        }),
      ],
      { defaultBackend: aFallback().backend },
    ),
    intent: (_, bundle) => {
      const tree = lexed(bundle.files.get('nginx.conf') ?? '');
      const asking = serversIn(tree).find(({ block }) => argsOf(block, 'listen')[0]?.[0]?.endsWith('/errors.sock'));
      // Whoever adds a way to say something about an error also has to keep clients from saying it.
      expect(argsOf(asking?.block, 'proxy_set_header').map(([name]) => name)).toEqual(
        expect.arrayContaining([
          'X-Code',
          'X-Format',
          'X-Original-URI',
          'X-Namespace',
          'X-Ingress-Name',
          'X-Service-Name',
          'X-Service-Port',
          'X-Gatehouse-Reason',
        ]),
      );
      expect(argsOf(asking?.block, 'proxy_pass_request_body')).toEqual([['off']]);
      const pages = asking?.block?.filter(
        ({ name, block }) => name === 'location' && argsOf(block, 'proxy_pass').length > 0,
      );
      // Two backends, each once for who still sends a body.
      expect(pages?.map(({ block }) => argsOf(block, 'rewrite'))).toEqual(Array(4).fill([['^', '/', 'break']]));
      expect(argsOf(asking?.block, 'client_max_body_size')).toEqual([['1']]);
    },
  },
  {
    name: 'an-empty-model-answers-404-and-proves-itself',
    model: aModel(),
    intent: (server) => {
      expect(argsOf(server.block, 'listen')).toEqual([
        ['127.0.0.1:8080', 'default_server'],
        ['127.0.0.1:8443', 'ssl', 'default_server'],
      ]);
      expect(argsOf(locationIn(server, '/'), 'return')).toEqual([['404']]);
    },
  },
  {
    name: 'an-old-nginx-gets-only-what-it-knows',
    model: aModel([], { settings: someSettings({ accessLog: true }) }),
    options: { capabilities: nginx122, workerUser: 'www-data', resolvers: ['10.96.0.10', 'fd00::10'] },
    intent: (server) => {
      expect(argsOf(server.block, 'listen')[1]).toEqual(['127.0.0.1:8443', 'ssl', 'http2', 'default_server']);
    },
  },
  {
    name: 'believed-proxies-tell-about-clients',
    model: aModel([], {
      settings: someSettings({
        clients: someClients({
          proxyProtocol: true,
          forwardedHeaders: true,
          fullForwardedFor: true,
          trustedNetworks: ['10.0.0.0/8', '2001:db8::/32'],
        }),
      }),
    }),
    intent: (server, bundle) => {
      expect(argsOf(server.block, 'listen').map((args) => args.at(-1))).toEqual(['proxy_protocol', 'proxy_protocol']);
      const http = lexed(bundle.files.get('nginx.conf') ?? '').find(({ name }) => name === 'http');
      expect(argsOf(http?.block, 'real_ip_header')).toEqual([['proxy_protocol']]);
      expect(argsOf(http?.block, 'set_real_ip_from')).toEqual([['10.0.0.0/8'], ['2001:db8::/32']]);
    },
  },
  {
    name: 'certificates-are-read-at-each-handshake',
    model: aModel([
      aHost({ name: '', certificate: aCertificate('catch-all') }),
      aHost({ name: '*.example.com', certificate: aCertificate('wildcard'), hasTls: true }),
      aHost({ name: 'covered.example.com', certificate: aCertificate('wildcard'), hasTls: true }),
      aHost({ name: 'own.example.com', certificate: aCertificate('own'), hasTls: true }),
      aHost({ name: 'plain.example.com' }),
    ]),
    options: { workersReadKeys: true },
    intent: (server, bundle) => {
      expect(argsOf(server.block, 'ssl_certificate')).toEqual([['$gatehouse_certificate']]);
      const http = lexed(bundle.files.get('nginx.conf') ?? '').find(({ name }) => name === 'http');
      const servers = http?.block?.filter(({ name }) => name === 'server') ?? [];
      const own = servers.filter(({ block }) => argsOf(block, 'ssl_certificate').length > 0);
      expect(own).toEqual([server, servers.at(-1)]);
      expect([...bundle.certificateLinks.keys()]).toHaveLength(4);
    },
  },
  {
    name: 'an-older-nginx-reads-certificates-with-its-configuration',
    model: aModel([aHost({ name: 'own.example.com', certificate: aCertificate('own'), hasTls: true })]),
    options: { capabilities: nginx122, workersReadKeys: true },
    intent: (_, bundle) => {
      const servers = serversIn(lexed(bundle.files.get('nginx.conf') ?? ''));
      const named = servers.map(({ block }) => argsOf(block, 'ssl_certificate').flat());
      expect(named).toEqual([
        ['/run/gatehouse/keys/default.pem'],
        [`/run/gatehouse/keys/${aCertificate('own').id}.pem`],
        [],
      ]);
      expect(bundle.certificateLinks.size).toBe(0);
    },
  },
  {
    name: 'tcp-and-udp-ports-are-passed-on',
    model: aModel([], {
      streams: [
        aStream({ backend: aBackend('db', ['10.1.0.1:5432', '10.1.0.2:5432']) }),
        aStream({ port: 9001, takesProxyProtocol: true, sendsProxyProtocol: true }),
        aStream({ port: 9002, backend: aBackend('out', ['db.example.com:5432']) }),
        aStream({ port: 9003, backend: aBackend('idle', []) }),
        aStream({ port: 53, transport: 'UDP', backend: aBackend('dns', ['10.1.0.3:5353']) }),
      ],
    }),
    options: {
      capabilities: nginx122,
      resolvers: ['10.96.0.10'],
      http: [
        { address: '0.0.0.0', port: 80 },
        { address: '::', port: 80 },
      ],
    },
    intent: (_, bundle) => {
      const tree = lexed(bundle.files.get('nginx.conf') ?? '');
      expect(tree[0]).toMatchObject({ name: 'load_module', args: ['/usr/lib/nginx/modules/ngx_stream_module.so'] });
      const streams = tree.find(({ name }) => name === 'stream')?.block?.filter(({ name }) => name === 'server') ?? [];
      expect(streams.flatMap(({ block }) => argsOf(block, 'listen')).map((args) => args.join(' '))).toEqual([
        '0.0.0.0:9000',
        '[::]:9000',
        '0.0.0.0:9001 proxy_protocol',
        '[::]:9001 proxy_protocol',
        '0.0.0.0:9002',
        '[::]:9002',
        '0.0.0.0:53 udp reuseport',
        '[::]:53 udp reuseport',
      ]);
      expect(streams[1] && argsOf(streams[1].block, 'proxy_protocol')).toEqual([['on']]);
    },
  },
  {
    name: 'endpoints-of-tcp-and-udp-ports-come-by-dns',
    model: aModel([], {
      streams: [
        aStream({ backend: aBackend('db', ['10.1.0.1:5432', '10.1.0.2:5432']) }),
        aStream({ port: 9001, backend: aBackend('db', ['10.1.0.1:5432', '10.1.0.2:5432']) }),
        aStream({ port: 9002, backend: aBackend('out', ['db.example.com:5432']) }),
        aStream({ port: 53, transport: 'UDP', backend: aBackend('idle', []) }),
      ],
    }),
    options: { endpointDnsPort: 10_243, resolvers: ['10.96.0.10'] },
    intent: (_, bundle) => {
      const block = lexed(bundle.files.get('nginx.conf') ?? '').find(({ name }) => name === 'stream')?.block;
      const upstreams = block?.filter(({ name }) => name === 'upstream') ?? [];
      // Memory, and one for each Service: whether it has endpoints is nothing for the configuration.
      expect(upstreams).toHaveLength(4);
      expect(bundle.told.size).toBe(2);
      const zones = upstreams.map((upstream) => argsOf(upstream.block, 'zone')[0]?.join(' '));
      const [memory = ''] = zones;
      expect(memory).toBe('gatehouse_stream_endpoints 8m');
      expect(zones.filter((zone) => zone === 'gatehouse_stream_endpoints')).toHaveLength(2);
    },
  },
];

describe('goldens of whole files', () => {
  it.each(cases)('$name', ({ name, model, options, intent }) => {
    const bundle = createRenderer(someRenderOptions(options)).render(model);
    const text = bundle.files.get('nginx.conf') ?? '';
    const [server] = serversIn(lexed(text));
    if (server === undefined) throw new Error('there is no server');
    intent(server, bundle);
    expect(text).toBe(goldenText(join(directory, name, 'nginx.conf'), text));
  });

  it('have no golden too many', () => {
    expect(readdirSync(directory).sort()).toEqual(cases.map(({ name }) => name).sort());
  });
});
