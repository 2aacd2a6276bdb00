/**
 * Duty: what stands once: processes, places, limits, defaults of all routes.
 */
import type { HstsSettings } from '@gatehouse/annotations';
import type { Model } from '@gatehouse/routing';
import type { RenderOptions } from '../render-options.ts';
import type { HttpView, TlsView } from '../templates/http.ts';
import {
  duration,
  fileName,
  integer,
  keyword,
  literal,
  opensslCiphers,
  resolverAddress,
  size,
} from '../tokens/constructors.ts';
import { clientHost } from '../tokens/expression.ts';
import { pathPrefix } from '../tokens/regex.ts';
import type { NginxToken } from '../tokens/token.ts';
import { servesTls, type PlanContext } from './context.ts';
import { commonErrorPages } from './plan-error-pages.ts';
import type { CertificatesPlan } from './plan-certificates.ts';
import { planEndpointDns } from './endpoint-dns.ts';
import { planClients } from './plan-clients.ts';
import { planTicketKeys } from './plan-ticket-keys.ts';
import { certificateFile } from './plan-host.ts';

/** Of one worker, to clients and backends; idle ones to thousands of backends count as well. */
const MOST_CONNECTIONS = 16_384;

const HTTPS_PORT = 443;
/** What nginx itself allows its tables; all of them share one limit. */
const LEAST_MAP_SIZE = 2048;

/** What others planned that has a say in the beginning. */
export interface HttpParts {
  readonly streamModule: NginxToken | undefined;
  readonly errorSocket: NginxToken | undefined;
  readonly certificates: CertificatesPlan | undefined;
  readonly context: PlanContext;
}

/** The beginning of nginx.conf for this model. */
export function planHttp(model: Model, options: RenderOptions, parts: HttpParts): HttpView {
  const { settings, hosts } = model;
  const { capabilities, runtimeDirectory, workerUser, workerGroup, resolvers = [] } = options;
  const { routes } = settings;
  const endpointDns = planEndpointDns(options);
  const processes = settings.workerProcesses === 0 ? options.processors : settings.workerProcesses;
  const timeouts = {
    connectTimeout: duration(routes.connectTimeoutMs),
    sendTimeout: duration(routes.sendTimeoutMs),
    readTimeout: duration(routes.readTimeoutMs),
  };
  const temporary = (name: string): HttpView['pidFile'] => fileName(`${runtimeDirectory}/proxy/temp/${name}`);
  const { maxSize, bucketSize } = serverNamesHash(hosts.map((host) => host.name));
  const user = [workerUser, workerGroup].filter((name) => name !== undefined).map(keyword);
  return {
    streamModule: parts.streamModule,
    workerProcesses: processes === undefined ? undefined : integer(processes),
    workerConnections: integer(Math.min(MOST_CONNECTIONS, options.openFileLimit ?? MOST_CONNECTIONS)),
    workerShutdownTimeout: duration(settings.workerShutdownTimeoutMs),
    pidFile: fileName(`${runtimeDirectory}/proxy/nginx.pid`),
    user: workerUser === undefined ? undefined : { names: user },
    temporaryFiles: {
      body: temporary('client_body'),
      proxy: temporary('proxy'),
      fastcgi: temporary('fastcgi'),
      uwsgi: temporary('uwsgi'),
      scgi: temporary('scgi'),
    },
    hasAccessLog: settings.accessLog,
    serverNamesHashMaxSize: integer(maxSize),
    serverNamesHashBucketSize: integer(bucketSize),
    resolver:
      endpointDns !== undefined || resolvers.length === 0 ? undefined : { addresses: resolvers.map(resolverAddress) },
    endpointDns,
    clientHeaderTimeout: duration(settings.clientHeaderTimeoutMs),
    clientBodyTimeout: duration(settings.clientBodyTimeoutMs),
    keepAliveTimeout: duration(settings.keepAliveTimeoutMs),
    keepsConnectionsOverReload: capabilities.keepaliveMinTimeout && settings.keepAliveTimeoutMs > 0,
    bodySize: size(routes.bodyBytes),
    http2: settings.http2 && capabilities.http2Directive,
    tls: servesTls(options) ? planTls(model, options, parts.certificates) : undefined,
    hsts: settings.hsts && { value: literal(hstsValue(settings.hsts)), hasGrpc: capabilities.http2 },
    errors: parts.errorSocket && {
      socket: parts.errorSocket,
      errorPages: commonErrorPages(parts.context),
      byDns: endpointDns !== undefined,
    },
    noTlsRedirectPaths: settings.noTlsRedirectPaths.map(pathPrefix),
    tlsPortSuffix: literal(settings.portInTlsRedirects ? tlsPortSuffix(options) : ''),
    keepsUpstreamConnections: settings.upstreamKeepaliveConnections > 0,
    clients: planClients(settings, options),
    knowsRequestPort: capabilities.requestPort,
    host: clientHost,
    ...timeouts,
    grpc: capabilities.http2 ? { host: clientHost, ...timeouts } : undefined,
  };
}

function planTls(model: Model, options: RenderOptions, certificates: CertificatesPlan | undefined): TlsView {
  const { tlsProtocols, tlsCiphers, tlsSessionTickets } = model.settings;
  const isShared = certificates === undefined && needsSharedCertificate(model);
  return {
    certificate: isShared ? { file: certificateFile(model.defaultCertificate, options) } : undefined,
    namesHash: certificates && planNamesHash(certificates.names),
    protocols: tlsProtocols.map(keyword),
    ciphers: tlsCiphers.length === 0 ? undefined : opensslCiphers(tlsCiphers),
    sessionTickets: tlsSessionTickets,
    sessionTicketKeys: [...planTicketKeys(model, options).keys()].map((name) =>
      fileName(`${options.runtimeDirectory}/keys/${name}`),
    ),
  };
}

function planNamesHash(names: readonly string[]): TlsView['namesHash'] {
  const { maxSize, bucketSize } = serverNamesHash(names);
  return { maxSize: integer(Math.max(LEAST_MAP_SIZE, maxSize)), bucketSize: integer(bucketSize) };
}

/**
 * Whether the default certificate has to be named for all servers: without one of their own they would present that of
 * the catch-all, which is an Ingress' then. Otherwise it is cheaper to name it in the catch-all alone, since nginx loads
 * what all servers have once for each of them.
 */
export function needsSharedCertificate({ hosts }: Model): boolean {
  return hosts.some(({ name, certificate }) => name === '' && certificate !== undefined);
}

function tlsPortSuffix({ https }: RenderOptions): string {
  const port = https[0]?.port ?? HTTPS_PORT;
  return port === HTTPS_PORT ? '' : `:${port}`;
}

function hstsValue({ maxAgeSeconds, includeSubdomains, preload }: HstsSettings): string {
  return [`max-age=${maxAgeSeconds}`, includeSubdomains && 'includeSubDomains', preload && 'preload']
    .filter((part) => part !== false)
    .join('; ');
}

/**
 * nginx refuses a name that does not fit a bucket, and warns when it finds no table in which every bucket is large
 * enough. The size of buckets is a limit only, so it costs nothing to let eight of the longest names meet in one.
 */
function serverNamesHash(names: readonly string[]): { readonly maxSize: number; readonly bucketSize: number } {
  const longest = names.reduce((length, name) => Math.max(length, name.length), 0);
  // Beside the name an entry holds a pointer and the name's length.
  return { bucketSize: powerOfTwo(8 * (longest + 16)), maxSize: powerOfTwo(Math.max(512, names.length * 2)) };
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}
