/**
 * Duty: the ConfigMap keys of ingress-nginx that are known here but not supported: what holds instead, and which of them
 * protect something, so that all routes are closed while they are set.
 *
 * Snippets in the ConfigMap close nothing: the ConfigMap belongs to whoever installs the controller and sees its
 * Problems, and nearly all of them tune something. What decides by name who may ask (global-auth-url, block-cidrs, the
 * web application firewall) does close.
 */
import { compareText } from '@gatehouse/core';

export interface UnsupportedSetting {
  /** What holds instead, or what to do; a clause. */
  readonly advice: string;
  /** Without it the routes would stand open, so all are closed. */
  readonly protects: boolean;
  /** The value that asks for what is the case anyway, and so is no Problem. */
  readonly alike?: 'false' | 'true';
}

interface Group extends Omit<UnsupportedSetting, 'protects'> {
  readonly protects?: true;
  /** Separated by white space. */
  readonly names: string;
}

const groups: readonly Group[] = [
  {
    advice: 'let the backends, or a proxy in front of them, ask for the login',
    protects: true,
    names: 'global-auth-url',
  },
  {
    advice: 'use denylist-source-range',
    protects: true,
    names: 'block-cidrs',
  },
  {
    advice: 'put a web application firewall in front of Gatehouse',
    protects: true,
    alike: 'false',
    names: 'enable-modsecurity enable-owasp-modsecurity-crs',
  },
  {
    advice: 'anybody can send another one, so refuse such requests in the backend',
    names: 'block-referers block-user-agents',
  },
  {
    advice: 'it is for external authorization, which is not supported',
    names: `global-auth-cache-duration global-auth-cache-key global-auth-method global-auth-request-redirect
      global-auth-response-headers global-auth-signin global-auth-signin-redirect-param no-auth-locations`,
  },
  {
    advice: 'it is for external authorization, which is not supported',
    alike: 'false',
    names: 'enable-auth-access-log global-auth-always-set-cookie',
  },
  {
    advice: 'snippets of nginx configuration are not supported, remove it',
    names: `global-auth-snippet http-snippet location-snippet main-snippet modsecurity-snippet server-snippet
      stream-snippet`,
  },
  {
    advice: 'no Ingress can name an object of another namespace, or carry nginx configuration',
    alike: 'false',
    names: 'allow-cross-namespace-resources allow-snippet-annotations',
  },
  {
    advice: 'every value is checked by its own grammar, so there is nothing to forbid',
    names: 'annotation-value-word-blocklist annotations-risk-level',
  },
  { advice: 'paths are always checked', alike: 'true', names: 'strict-validate-path-type' },
  {
    advice: 'client-header-timeout limits the wait for the PROXY protocol too',
    names: 'proxy-protocol-header-timeout',
  },
  {
    advice: 'with use-proxy-protocol the address of a client is the one that the PROXY protocol names',
    names: 'forwarded-for-proxy-protocol-header',
  },
  { advice: 'X-Forwarded-Host is read and passed on', names: 'forwarded-host-header' },
  { advice: 'let the backends compress their answers', alike: 'false', names: 'enable-brotli use-gzip' },
  {
    advice: 'let the backends compress their answers',
    names: 'brotli-level brotli-min-length brotli-types gzip-disable gzip-level gzip-min-length gzip-types',
  },
  {
    advice: 'let the backends trace',
    alike: 'false',
    names: 'enable-opentelemetry',
  },
  {
    advice: 'let the backends trace',
    names: `opentelemetry-config opentelemetry-operation-name opentelemetry-trust-incoming-span
      otel-max-export-batch-size otel-max-queuesize otel-sampler otel-sampler-parent-based otel-sampler-ratio
      otel-schedule-delay-millis otel-service-name otlp-collector-host otlp-collector-port`,
  },
  { advice: 'let the backends look up where an address is', alike: 'false', names: 'use-geoip2' },
  { advice: 'let the backends look up where an address is', names: 'geoip2-autoreload-in-minutes' },
  {
    advice: 'let the backends send and leave out headers',
    names: 'add-headers global-allowed-response-headers hide-headers proxy-set-headers',
  },
  {
    advice: 'let the backends send and leave out headers',
    alike: 'false',
    names: 'allow-backend-server-header enable-underscores-in-headers proxy-add-original-uri-header server-tokens',
  },
  {
    advice: 'it is always so',
    alike: 'true',
    names: 'enable-multi-accept generate-request-id ignore-invalid-headers reuse-port ssl-session-cache',
  },
  {
    advice: 'disable-access-log turns the log off',
    alike: 'false',
    names: 'disable-http-access-log disable-stream-access-log enable-access-log-for-default-backend enable-syslog',
  },
  {
    advice: 'the log has one form and goes to the standard output',
    names: `access-log-params access-log-path error-log-level error-log-path http-access-log-path
      log-format-stream log-format-upstream skip-access-log-urls stream-access-log-path syslog-host syslog-port`,
  },
  {
    advice: 'the log has one form and goes to the standard output',
    alike: 'false',
    names: 'log-format-escape-json log-format-escape-none',
  },
  {
    advice: 'addresses to listen on are flags of the controller',
    names: 'bind-address bind-address-ipv4 bind-address-ipv6',
  },
  { advice: 'addresses to listen on are flags of the controller', alike: 'false', names: 'disable-ipv6' },
  { advice: 'names are resolved by the controller', names: 'disable-ipv6-dns' },
  {
    advice: 'buffers and tables have the sizes that fit',
    names: `client-body-buffer-size client-header-buffer-size grpc-buffer-size-kb large-client-header-buffers
      map-hash-bucket-size proxy-buffer-size proxy-buffers-number proxy-busy-buffers-size
      proxy-headers-hash-bucket-size proxy-headers-hash-max-size proxy-max-temp-file-size
      server-name-hash-bucket-size server-name-hash-max-size ssl-buffer-size ssl-session-cache-size
      variables-hash-bucket-size variables-hash-max-size`,
  },
  {
    advice: 'it is chosen by the controller',
    names: `debug-connections default-type enable-aio-write http2-max-concurrent-streams keep-alive-requests
      max-worker-connections max-worker-open-files proxy-buffering proxy-http-version proxy-request-buffering
      upstream-keepalive-requests upstream-keepalive-time upstream-keepalive-timeout worker-cpu-affinity`,
  },
  { advice: 'it is chosen by the controller', alike: 'false', names: 'enable-serial-reloads' },
  {
    advice: 'nginx does no such thing any more',
    names: 'http2-max-field-size http2-max-header-size http2-max-requests',
  },
  {
    advice: 'let the backends limit their clients',
    names: 'limit-conn-status-code limit-conn-zone-variable limit-rate limit-rate-after limit-req-status-code',
  },
  { advice: 'requests go to the endpoints in turn', names: 'load-balance' },
  { advice: 'requests go to the endpoints in turn', alike: 'false', names: 'service-upstream' },
  {
    advice: 'another endpoint is tried after an error or a timeout',
    names: 'proxy-next-upstream proxy-next-upstream-timeout proxy-next-upstream-tries',
  },
  { advice: 'another endpoint is tried after an error or a timeout', alike: 'false', names: 'retry-non-idempotent' },
  {
    advice: 'let the backends write their redirects and cookies for the outer host and path',
    names: 'proxy-cookie-domain proxy-cookie-path proxy-redirect-from proxy-redirect-to',
  },
  {
    advice: 'redirects carry the host of the request',
    names: 'preserve-trailing-slash relative-redirects',
    alike: 'false',
  },
  { advice: 'Gatehouse has no Lua', names: 'lua-shared-dicts' },
  {
    advice: 'metrics are served on a port of their own',
    names: 'nginx-status-ipv4-whitelist nginx-status-ipv6-whitelist',
  },
  {
    advice: 'a ConfigMap is no place for a key; put it into a Secret that --session-ticket-secret names',
    names: 'ssl-session-ticket-key',
  },
  {
    advice: 'TLS has the defaults of nginx beyond ssl-ciphers and ssl-protocols',
    names: 'ssl-dh-param ssl-ecdh-curve ssl-session-timeout',
  },
  {
    advice: 'TLS has the defaults of nginx beyond ssl-ciphers and ssl-protocols',
    alike: 'false',
    names: 'enable-ocsp proxy-ssl-location-only ssl-early-data ssl-reject-handshake',
  },
  {
    advice: 'ingress-nginx does not read it either, remove it',
    names: `app-root jaeger-baggage-header jaeger-collector-host jaeger-collector-port jaeger-debug-header
      jaeger-endpoint jaeger-propagation-format jaeger-sampler-host jaeger-sampler-param jaeger-sampler-port
      jaeger-sampler-type jaeger-service-name jaeger-trace-baggage-header-prefix jaeger-trace-context-header-name
      upstream-hash-by upstream-hash-by-subset upstream-hash-by-subset-size use-geoip`,
  },
];

/** By name, sorted. */
export const unsupportedSettings: ReadonlyMap<string, UnsupportedSetting> = new Map(
  groups
    .flatMap(({ names, protects = false, ...rest }) =>
      names.split(/\s+/).map((name): readonly [string, UnsupportedSetting] => {
        return [name, Object.freeze({ ...rest, protects })];
      }),
    )
    .sort(([a], [b]) => compareText(a, b)),
);
