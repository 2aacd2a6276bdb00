/**
 * Duty: the annotations of ingress-nginx that are known here but not supported: what to use instead, and which of them
 * protect something, so that their routes are closed instead of standing open.
 *
 * What protects: whatever decides who may ask (logins, client certificates, external authorization, the web application
 * firewall), and whatever keeps a connection from being read or answered by a stranger (verified backends, TLS passed
 * through). A rate limit is not among them: it guards a backend against load, and to refuse everybody would be the very
 * outage that it is there to prevent. Snippets are: they often hold `deny` or an authorization, and nobody can tell.
 */

import { compareText } from '@gatehouse/core';

export interface UnsupportedAnnotation {
  /** `snippet`: nginx configuration, refused for good. */
  readonly kind: 'feature' | 'snippet';
  /** What to do instead, a clause. */
  readonly advice: string;
  /** Without it the routes would stand open, so they are closed. */
  readonly protects: boolean;
  /** `whenOn`: a value such as false or off asks for nothing, and is no Problem. */
  readonly matters: 'always' | 'whenOn';
}

interface Group {
  readonly kind?: UnsupportedAnnotation['kind'];
  readonly protects?: true;
  readonly advice: string;
  readonly names: readonly string[];
}

/** Switches that are off by themselves; all others ask for something with any value. */
const switches = new Set([
  'auth-always-set-cookie',
  'auth-keepalive-share-vars',
  'auth-tls-pass-certificate-to-upstream',
  'auth-tls-verify-client',
  'canary',
  'enable-cors',
  'enable-global-auth',
  'enable-modsecurity',
  'enable-opentelemetry',
  'enable-owasp-core-rules',
  'enable-rewrite-log',
  'from-to-www-redirect',
  'http2-push-preload',
  'proxy-ssl-server-name',
  'proxy-ssl-verify',
  'service-upstream',
  'ssl-passthrough',
  'upstream-hash-by-subset',
  'use-port-in-redirects',
]);

const authenticateInBackend = 'let the backend, or a proxy in front of it, ask for the login';
const leaveOut = 'remove it';

const groups: readonly Group[] = [
  { advice: authenticateInBackend, protects: true, names: ['auth-secret', 'auth-type', 'auth-url'] },
  {
    advice: 'let the backend verify client certificates',
    protects: true,
    names: ['auth-tls-match-cn', 'auth-tls-secret'],
  },
  { advice: 'let the backend verify client certificates', protects: true, names: ['auth-tls-verify-client'] },
  {
    advice: authenticateInBackend,
    names: [
      'auth-always-set-cookie',
      'auth-cache-duration',
      'auth-cache-key',
      'auth-keepalive',
      'auth-keepalive-requests',
      'auth-keepalive-share-vars',
      'auth-keepalive-timeout',
      'auth-method',
      'auth-proxy-set-headers',
      'auth-realm',
      'auth-request-redirect',
      'auth-response-headers',
      'auth-secret-type',
      'auth-signin',
      'auth-signin-redirect-param',
      'enable-global-auth',
      'satisfy',
    ],
  },
  {
    advice: 'let the backend verify client certificates',
    names: ['auth-tls-error-page', 'auth-tls-pass-certificate-to-upstream', 'auth-tls-verify-depth'],
  },
  {
    advice: 'put a web application firewall in front of Gatehouse or before the backend',
    protects: true,
    names: ['enable-modsecurity', 'enable-owasp-core-rules'],
  },
  { advice: 'remove it together with enable-modsecurity', names: ['modsecurity-transaction-id'] },
  {
    advice: 'let the Service mesh or a proxy beside the Pod verify the backend',
    protects: true,
    names: ['proxy-ssl-verify'],
  },
  {
    advice: 'backends are spoken to without a client certificate and with the defaults of nginx',
    names: [
      'proxy-ssl-ciphers',
      'proxy-ssl-name',
      'proxy-ssl-protocols',
      'proxy-ssl-secret',
      'proxy-ssl-server-name',
      'proxy-ssl-verify-depth',
    ],
  },
  { advice: 'give the Service an address of its own (type LoadBalancer)', protects: true, names: ['ssl-passthrough'] },
  {
    advice: 'run a second Deployment behind the same Service, its share is its number of Pods',
    names: [
      'canary',
      'canary-by-cookie',
      'canary-by-header',
      'canary-by-header-pattern',
      'canary-by-header-value',
      'canary-weight',
      'canary-weight-total',
    ],
  },
  {
    advice: 'keep session state outside the Pods',
    names: [
      'affinity',
      'affinity-canary-behavior',
      'affinity-mode',
      'session-cookie-change-on-failure',
      'session-cookie-conditional-samesite-none',
      'session-cookie-domain',
      'session-cookie-expires',
      'session-cookie-max-age',
      'session-cookie-name',
      'session-cookie-path',
      'session-cookie-samesite',
      'session-cookie-secure',
    ],
  },
  {
    advice: 'requests go to the endpoints in turn',
    names: [
      'load-balance',
      'service-upstream',
      'upstream-hash-by',
      'upstream-hash-by-subset',
      'upstream-hash-by-subset-size',
    ],
  },
  {
    advice: 'let the backend limit its clients',
    names: [
      'limit-allowlist',
      'limit-burst-multiplier',
      'limit-connections',
      'limit-rate',
      'limit-rate-after',
      'limit-rpm',
      'limit-rps',
      'limit-whitelist',
    ],
  },
  {
    advice: 'let the backend answer CORS requests',
    names: [
      'cors-allow-credentials',
      'cors-allow-headers',
      'cors-allow-methods',
      'cors-allow-origin',
      'cors-expose-headers',
      'cors-max-age',
      'enable-cors',
    ],
  },
  { advice: 'let the backend send the headers', names: ['custom-headers'] },
  { advice: 'send the prefix from the backend, or put it into rewrite-target', names: ['x-forwarded-prefix'] },
  { advice: 'connections to backends are managed for you', names: ['connection-proxy-header', 'proxy-http-version'] },
  {
    advice: 'the ConfigMap key disable-access-log holds for all Ingresses',
    names: ['enable-access-log', 'enable-rewrite-log'],
  },
  {
    advice: 'trace in the backend',
    names: ['enable-opentelemetry', 'opentelemetry-operation-name', 'opentelemetry-trust-incoming-span'],
  },
  {
    advice: 'put a web server in front of the FastCGI program',
    names: ['fastcgi-index', 'fastcgi-params-configmap'],
  },
  {
    advice: 'add an Ingress for the other host with permanent-redirect',
    names: ['from-to-www-redirect'],
  },
  { advice: 'nginx does no such thing any more, remove it', names: ['http2-push-preload'] },
  { advice: 'copy the requests in the backend', names: ['mirror-host', 'mirror-request-body', 'mirror-target'] },
  {
    advice: 'redirects carry the host of the request',
    names: ['preserve-trailing-slash', 'relative-redirects', 'use-port-in-redirects'],
  },
  {
    advice: 'let the backend write its redirects and cookies for the outer host and path',
    names: ['proxy-cookie-domain', 'proxy-cookie-path', 'proxy-redirect-from', 'proxy-redirect-to'],
  },
  {
    advice: 'buffers have the sizes that nginx gives them',
    names: [
      'client-body-buffer-size',
      'proxy-buffer-size',
      'proxy-buffering',
      'proxy-buffers-number',
      'proxy-busy-buffers-size',
      'proxy-max-temp-file-size',
      'proxy-request-buffering',
    ],
  },
  {
    advice: 'another endpoint is tried after an error or a timeout',
    names: ['proxy-next-upstream', 'proxy-next-upstream-timeout', 'proxy-next-upstream-tries'],
  },
  {
    advice: 'the ConfigMap keys ssl-ciphers and ssl-protocols hold for all hosts',
    names: ['ssl-ciphers', 'ssl-prefer-server-ciphers'],
  },
  {
    kind: 'snippet',
    advice: leaveOut,
    protects: true,
    names: ['auth-snippet', 'configuration-snippet', 'modsecurity-snippet', 'server-snippet', 'stream-snippet'],
  },
];

/** By name. */
export const unsupportedAnnotations: ReadonlyMap<string, UnsupportedAnnotation> = new Map(
  groups
    .flatMap(({ names, advice, kind = 'feature', protects = false }) =>
      names.map((name): readonly [string, UnsupportedAnnotation] => {
        const matters = switches.has(name) ? 'whenOn' : 'always';
        return [name, Object.freeze({ kind, advice, protects, matters })];
      }),
    )
    .sort(([a], [b]) => compareText(a, b)),
);
