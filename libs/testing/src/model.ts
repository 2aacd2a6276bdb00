/**
 * Duty: models, as routing makes them, in few words, for tests of what comes after.
 */
import type { ClientSettings, RoutePolicy, Settings } from '@gatehouse/annotations';
import { objectKey } from '@gatehouse/core';
import type { Backend, Certificate, Fallback, HostModel, Model, Origin, Route, Stream } from '@gatehouse/routing';

/** The policy of an Ingress without annotations, but for `shape`. */
export function aPolicy(shape: Partial<RoutePolicy> = {}): RoutePolicy {
  return Object.freeze<RoutePolicy>({
    backendProtocol: 'HTTP',
    regexPaths: false,
    tlsRedirect: 'whenHostHasTls',
    bodyBytes: 1_048_576,
    connectTimeoutMs: 5000,
    sendTimeoutMs: 60_000,
    readTimeoutMs: 60_000,
    allowedNetworks: [],
    deniedNetworks: [],
    errorCodes: [],
    interceptsErrors: true,
    ...shape,
  });
}

/** The settings of an empty ConfigMap, but for `shape`, and without the access log. */
export function someSettings(shape: Partial<Settings> = {}): Settings {
  return Object.freeze<Settings>({
    routes: aPolicy(),
    http2: true,
    hsts: { maxAgeSeconds: 31_536_000, includeSubdomains: true, preload: false },
    tlsProtocols: ['TLSv1.2', 'TLSv1.3'],
    tlsCiphers: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
    tlsSessionTickets: false,
    noTlsRedirectPaths: ['/.well-known/acme-challenge'],
    tlsRedirectStatus: 308,
    portInTlsRedirects: false,
    upstreamKeepaliveConnections: 320,
    clientHeaderTimeoutMs: 60_000,
    clientBodyTimeoutMs: 60_000,
    keepAliveTimeoutMs: 75_000,
    workerShutdownTimeoutMs: 240_000,
    workerProcesses: 1,
    accessLog: false,
    streams: { idleTimeoutMs: 600_000, triesNext: true, triesTimeoutMs: 600_000, tries: 3, udpAnswers: 1 },
    clients: someClients(),
    ...shape,
  });
}

/** Nobody is believed about clients, but for `shape`. */
export function someClients(shape: Partial<ClientSettings> = {}): ClientSettings {
  return Object.freeze<ClientSettings>({
    proxyProtocol: false,
    forwardedHeaders: false,
    realIp: false,
    forwardedForHeader: 'X-Forwarded-For',
    fullForwardedFor: false,
    trustedNetworks: ['0.0.0.0/0'],
    ...shape,
  });
}

/** TCP port 9000 that leads to `tea-svc`, but for `shape`. */
export function aStream(shape: Partial<Stream> = {}): Stream {
  const object = { kind: 'ConfigMap', namespace: 'system', name: 'tcp' } as const;
  return Object.freeze<Stream>({
    origin: { object, field: `data[${shape.port ?? 9000}]` },
    transport: 'TCP',
    port: 9000,
    backend: aBackend(),
    takesProxyProtocol: false,
    sendsProxyProtocol: false,
    ...shape,
  });
}

/** Port 80 of Service `default/NAME`; endpoints as `address:port`, one at 10.1.0.1:8080 unless given. */
export function aBackend(name = 'tea-svc', endpoints: readonly string[] = ['10.1.0.1:8080']): Backend {
  return Object.freeze<Backend>({
    id: `default/${name}:80`,
    service: objectKey('default', name),
    endpoints: endpoints.map((endpoint) => {
      const colon = endpoint.lastIndexOf(':');
      return { address: endpoint.slice(0, colon), port: Number(endpoint.slice(colon + 1)) };
    }),
  });
}

/** A place in Ingress `default/NAME`. */
export function anOrigin(name = 'cafe', field = 'spec.rules[0].http.paths[0]'): Origin {
  return Object.freeze<Origin>({ object: { kind: 'Ingress', namespace: 'default', name }, field });
}

export interface RouteShape extends Partial<Omit<Route, 'policy' | 'target'>> {
  readonly policy?: Partial<RoutePolicy>;
  readonly backend?: Backend;
  readonly target?: Route['target'];
}

/** Prefix `/` of Ingress `default/cafe` to `tea-svc`, but for `shape`. */
export function aRoute({ policy = {}, backend = aBackend(), target, ...shape }: RouteShape = {}): Route {
  return Object.freeze<Route>({
    origin: anOrigin(),
    match: 'prefix',
    path: '/',
    target: target ?? { kind: 'backend', backend },
    policy: aPolicy(policy),
    names: { namespace: 'default', ingress: 'cafe', service: 'tea-svc', servicePort: '80' },
    ...shape,
  });
}

/** What the global default backend answers, but for `shape`. */
export function aFallback(shape: Partial<Fallback> = {}): Fallback {
  return Object.freeze<Fallback>({
    backend: aBackend('default-backend', ['10.1.0.9:8080']),
    policy: aPolicy(),
    names: { namespace: '', ingress: '', service: '', servicePort: '' },
    ...shape,
  });
}

/** `cafe.example.com` without TLS and routes, but for `shape`. */
export function aHost(shape: Partial<HostModel> = {}): HostModel {
  return Object.freeze<HostModel>({ name: 'cafe.example.com', routes: [], hasTls: false, ...shape });
}

/** The hosts in order, with an empty catch-all before them unless they bring their own. */
export function aModel(hosts: readonly HostModel[] = [], shape: Partial<Omit<Model, 'hosts'>> = {}): Model {
  const sorted = [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const catchAll = hosts.some((host) => host.name === '') ? [] : [aHost({ name: '' })];
  return Object.freeze<Model>({ settings: someSettings(), streams: [], ...shape, hosts: [...catchAll, ...sorted] });
}

/** Certificate and key (PEM) as routing hands them on; `id` stands for their digest. */
export function aModelCertificate(pem: string, id: string): Certificate {
  return Object.freeze<Certificate>({ id, secret: objectKey('default', 'cafe-secret'), pem: Buffer.from(pem) });
}
