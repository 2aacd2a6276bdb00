/**
 * Duty: what annotations and settings ask for, as typed values without nginx words. Every entry of the annotation
 * table fills some of these fields. Must not know how nginx does it.
 */
import type { Interpolated } from './interpolated.ts';

export type BackendProtocol = 'AUTO_HTTP' | 'GRPC' | 'GRPCS' | 'HTTP' | 'HTTPS';

/** How one Ingress wants its routes served. Frozen; built from the settings' defaults and the Ingress' annotations. */
export interface RoutePolicy {
  /** Set when something that protects the routes could not be honoured: they answer 503. One sentence. */
  readonly closedBecause?: string;
  readonly backendProtocol: BackendProtocol;
  /** Paths of type ImplementationSpecific are regular expressions. */
  readonly regexPaths: boolean;
  /** Replaces the whole URI; variables are captures (`1` to `9`) or request variables. */
  readonly rewriteTarget?: Interpolated;
  /** `/` of the host answers with a redirect to this path. */
  readonly appRoot?: string;
  /** Namespaces that may use the hosts of the Ingress, too, if its own may decide on them. */
  readonly delegatesHostsTo?: readonly string[];
  /** Further names of the host, exact ones and wildcards; none is left out of judging whether it is a host at all. */
  readonly serverAliases?: readonly string[];
  /** Every request of the routes is answered with this redirect. */
  readonly redirect?: Redirect;
  /** Plain HTTP is redirected to HTTPS: never, when the host has TLS, or always. */
  readonly tlsRedirect: 'always' | 'never' | 'whenHostHasTls';
  /** Largest request body in bytes; 0 is no limit. */
  readonly bodyBytes: number;
  readonly connectTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Only these networks may ask (CIDR, canonical); empty means all. */
  readonly allowedNetworks: readonly string[];
  /** These networks may not ask (CIDR, canonical); wins over `allowedNetworks`. */
  readonly deniedNetworks: readonly string[];
  /** The Host that the backend sees, instead of the client's. */
  readonly upstreamHost?: Interpolated;
  /** Status codes (400 to 599, ascending) of answers that are replaced by a page of the error backend. */
  readonly errorCodes: readonly number[];
  /** False: only errors of the proxy itself are replaced, whatever `errorCodes` says. */
  readonly interceptsErrors: boolean;
  /** Name of the Service, in the Ingress' namespace, that answers errors and stands in for missing endpoints. */
  readonly errorBackendService?: string;
}

export interface Redirect {
  readonly status: number;
  readonly location: Interpolated;
}

/** What holds for the whole proxy: the ConfigMap, with defaults filled in. */
export interface Settings {
  /** The defaults for every route. */
  readonly routes: RoutePolicy;
  readonly http2: boolean;
  /** Strict-Transport-Security on TLS answers; undefined when off. */
  readonly hsts?: HstsSettings;
  /** Any of TLSv1.2 and TLSv1.3. */
  readonly tlsProtocols: readonly ('TLSv1.2' | 'TLSv1.3')[];
  /** OpenSSL names for TLS 1.2, in order. */
  readonly tlsCiphers: readonly string[];
  /** Clients may keep sessions themselves. */
  readonly tlsSessionTickets: boolean;
  /** Path prefixes that are never redirected to HTTPS. */
  readonly noTlsRedirectPaths: readonly string[];
  /** Status of redirects to HTTPS: 301, 302, 307 or 308. */
  readonly tlsRedirectStatus: number;
  /** Redirects to HTTPS name the port, unless it is 443. */
  readonly portInTlsRedirects: boolean;
  /** Idle connections kept to each backend by each worker; 0 is none. */
  readonly upstreamKeepaliveConnections: number;
  readonly clientHeaderTimeoutMs: number;
  readonly clientBodyTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly workerShutdownTimeoutMs: number;
  /** Number of worker processes; 0 means one for each processor. */
  readonly workerProcesses: number;
  readonly accessLog: boolean;
  readonly streams: StreamSettings;
  readonly clients: ClientSettings;
}

/** What holds for all TCP and UDP ports. */
export interface StreamSettings {
  /** How long a session may be idle. */
  readonly idleTimeoutMs: number;
  /** Another endpoint is tried when one cannot be connected to. */
  readonly triesNext: boolean;
  /** Time and number of all tries together; 0 is no limit. */
  readonly triesTimeoutMs: number;
  readonly tries: number;
  /** Datagrams that answer one datagram; then a UDP session ends. */
  readonly udpAnswers: number;
}

/** Who is believed about the address, scheme, host and port that a client used. By default the connection alone is. */
export interface ClientSettings {
  /** HTTP and HTTPS connections begin with a PROXY protocol header. */
  readonly proxyProtocol: boolean;
  /** X-Forwarded-Proto, -Host and -Port count, and `forwardedForHeader`. */
  readonly forwardedHeaders: boolean;
  /** `forwardedForHeader` counts, and the others do not. */
  readonly realIp: boolean;
  readonly forwardedForHeader: string;
  /** X-Forwarded-For is lengthened instead of replaced. */
  readonly fullForwardedFor: boolean;
  /** The networks of those who are believed. */
  readonly trustedNetworks: readonly string[];
}

export interface HstsSettings {
  readonly maxAgeSeconds: number;
  readonly includeSubdomains: boolean;
  readonly preload: boolean;
}
