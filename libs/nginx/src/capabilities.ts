/**
 * Duty: what a given nginx can do, read from what `nginx -V` prints.
 */

export interface NginxCapabilities {
  /** `1.30.6`. */
  readonly version: string;
  /** `http2 on;` (1.25.1); before, http2 is a parameter of listen and plain-text ports cannot speak both. */
  readonly http2Directive: boolean;
  /** HTTP/2 and gRPC are compiled in. */
  readonly http2: boolean;
  readonly ssl: boolean;
  /** It can count its connections (stub_status). */
  readonly stubStatus: boolean;
  /** `server NAME resolve` in upstreams (1.27.3). */
  readonly upstreamResolve: boolean;
  /** `keepalive_min_timeout` and `ssl_certificate_cache` (1.27.4). */
  readonly keepaliveMinTimeout: boolean;
  readonly certificateCache: boolean;
  /** `$request_port` (1.29.3). */
  readonly requestPort: boolean;
  /** HTTP/1.1 and keep-alive to backends are the default (1.29.7). */
  readonly upstreamKeepaliveByDefault: boolean;
  /** Believing others about addresses of clients, over HTTP and for TCP ports. */
  readonly realIp: boolean;
  readonly streamRealIp: boolean;
  /** Passing TCP and UDP ports on. */
  readonly stream: StreamCapability;
}

export type StreamCapability =
  | { readonly kind: 'absent' | 'builtIn' }
  /** In a file that has to be loaded; `file` is its full path. */
  | { readonly kind: 'loadable'; readonly file: string };

/** Those of the newest nginx that is known, for whoever renders without running one. */
export const newestCapabilities: NginxCapabilities = {
  version: '1.30.6',
  http2Directive: true,
  http2: true,
  ssl: true,
  stubStatus: true,
  upstreamResolve: true,
  keepaliveMinTimeout: true,
  certificateCache: true,
  requestPort: true,
  upstreamKeepaliveByDefault: true,
  realIp: true,
  streamRealIp: true,
  stream: { kind: 'builtIn' },
};
