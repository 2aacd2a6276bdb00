/**
 * Duty: the one table of ConfigMap keys: how each is read, what it is by default, what it means. Defaults are those of
 * ingress-nginx; where one differs, its summary says so. Sorted by name.
 */
import { bool } from './combinators/bool.ts';
import { orEmpty } from './combinators/combinator.ts';
import { durationAsMs, integer, secondsAsMs } from './combinators/integer.ts';
import { cidrList, pathList, statusCodeList } from './combinators/lists.ts';
import { headerName } from './combinators/names.ts';
import { oneNumberOf } from './combinators/one-of.ts';
import { nginxSize } from './combinators/size.ts';
import { cipherList, tlsProtocols } from './combinators/tls.ts';
import { workerCount } from './combinators/worker-count.ts';
import { protection, setting, type SettingDeclaration } from './setting-declaration.ts';

/** A longer wait, 24 days, does not fit into the milliseconds that nginx' timers count. */
const longestWait = 2_147_483;

/** How long one exchange with a backend may take; used by the annotations too. */
export const exchangeTimeout = secondsAsMs({ min: 1, max: longestWait });

/** Largest request body; used by the annotation too. */
export const bodySize = nginxSize({ maxGigabytes: 1_048_576, zero: 'noLimit' });

/** The "intermediate" list of Mozilla's server side TLS guidelines, version 5.7, for TLS 1.2. */
const mozillaIntermediate = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-CHACHA20-POLY1305',
].join(':');

export const settingTable = {
  'client-body-timeout': setting({
    value: exchangeTimeout,
    defaultText: '60',
    example: '30',
    summary: 'Seconds that may pass between two reads of a request body.',
  }),
  'client-header-timeout': setting({
    value: exchangeTimeout,
    defaultText: '60',
    example: '10',
    summary: 'Seconds in which a client has to send the header of a request.',
  }),
  'compute-full-forwarded-for': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary: 'With use-forwarded-headers, X-Forwarded-For is lengthened by the peer instead of replaced.',
  }),
  'custom-http-errors': setting({
    value: orEmpty(statusCodeList),
    defaultText: '',
    example: '404,503',
    summary: 'Answers of backends with these status codes are replaced by a page of the default backend.',
  }),
  'denylist-source-range': protection({
    value: orEmpty(cidrList),
    defaultText: '',
    example: '203.0.113.0/24',
    summary: 'Clients in these networks are answered 403; wins over the list of allowed networks.',
  }),
  'disable-access-log': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary: 'Requests are not logged.',
  }),
  'disable-proxy-intercept-errors': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary: 'Errors of backends themselves are passed on as they are; only those of the proxy become pages.',
  }),
  'enable-real-ip': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary: 'Believes forwarded-for-header about the address of a client, and nothing else that it says of itself.',
  }),
  'force-ssl-redirect': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary: 'Plain HTTP is redirected to HTTPS even when no Ingress names the host in spec.tls.',
  }),
  'forwarded-for-header': setting({
    value: headerName,
    defaultText: 'X-Forwarded-For',
    example: 'True-Client-IP',
    summary: 'Header in which a believed proxy names the client, with enable-real-ip or use-forwarded-headers.',
  }),
  hsts: setting({
    value: bool,
    defaultText: 'true',
    example: 'false',
    summary: 'Answers over TLS carry Strict-Transport-Security.',
  }),
  'hsts-include-subdomains': setting({
    value: bool,
    defaultText: 'true',
    example: 'false',
    summary: 'Strict-Transport-Security holds for all subdomains too.',
  }),
  'hsts-max-age': setting({
    value: integer({ min: 0, max: 2_147_483_647 }),
    defaultText: '31536000',
    example: '63072000',
    summary: 'Seconds for which browsers remember Strict-Transport-Security.',
  }),
  'hsts-preload': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary: 'Strict-Transport-Security asks to be built into browsers.',
  }),
  'http-redirect-code': setting({
    value: oneNumberOf([301, 302, 307, 308]),
    defaultText: '308',
    example: '301',
    summary: 'Status of redirects from HTTP to HTTPS.',
  }),
  'keep-alive': setting({
    value: secondsAsMs({ min: 0, max: longestWait }),
    defaultText: '75',
    example: '30',
    summary: 'Seconds for which an idle client connection is kept; 0 closes it after each answer.',
  }),
  'no-tls-redirect-locations': setting({
    value: orEmpty(pathList),
    defaultText: '/.well-known/acme-challenge',
    example: '/.well-known/acme-challenge,/healthz',
    summary: 'Requests for paths with one of these prefixes are never redirected to HTTPS.',
  }),
  'proxy-body-size': setting({
    value: bodySize,
    defaultText: '1m',
    example: '8m',
    summary: 'Largest request body; a larger one is answered 413.',
  }),
  'proxy-connect-timeout': setting({
    value: exchangeTimeout,
    defaultText: '5',
    example: '10',
    summary: 'Seconds in which the connection to a backend has to be made.',
  }),
  'proxy-read-timeout': setting({
    value: exchangeTimeout,
    defaultText: '60',
    example: '3600',
    summary: 'Seconds that may pass between two reads from a backend.',
  }),
  'proxy-real-ip-cidr': protection({
    value: cidrList,
    defaultText: '0.0.0.0/0',
    example: '10.0.0.0/8',
    summary:
      'Networks of the proxies that are believed with use-forwarded-headers, use-proxy-protocol, enable-real-ip, and by TCP services that take the PROXY protocol; the default believes everybody over IPv4, so name your proxies.',
  }),
  'proxy-send-timeout': setting({
    value: exchangeTimeout,
    defaultText: '60',
    example: '3600',
    summary: 'Seconds that may pass between two writes to a backend.',
  }),
  'proxy-stream-next-upstream': setting({
    value: bool,
    defaultText: 'true',
    example: 'false',
    summary: 'TCP and UDP services try another endpoint when one cannot be connected to.',
  }),
  'proxy-stream-next-upstream-timeout': setting({
    value: durationAsMs({ min: 0, max: longestWait }),
    defaultText: '600s',
    example: '30s',
    summary: 'Time in which TCP and UDP services try endpoints; 0 is no limit.',
  }),
  'proxy-stream-next-upstream-tries': setting({
    value: integer({ min: 0, max: 1000 }),
    defaultText: '3',
    example: '5',
    summary: 'Endpoints that TCP and UDP services try; 0 is no limit.',
  }),
  'proxy-stream-responses': setting({
    value: integer({ min: 0, max: 2_147_483_647 }),
    defaultText: '1',
    example: '2',
    summary: 'Datagrams that a UDP service answers to one datagram of a client.',
  }),
  'proxy-stream-timeout': setting({
    value: durationAsMs({ min: 1, max: longestWait }),
    defaultText: '600s',
    example: '1h',
    summary: 'Time for which a session of a TCP or UDP service may be idle.',
  }),
  'ssl-ciphers': setting({
    value: cipherList,
    defaultText: mozillaIntermediate,
    example: 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384',
    summary: 'Ciphers for TLS 1.2, in order; the default is the intermediate list of Mozilla.',
  }),
  'ssl-protocols': setting({
    value: tlsProtocols,
    defaultText: 'TLSv1.2 TLSv1.3',
    example: 'TLSv1.3',
    summary: 'TLS versions that clients may use.',
  }),
  'ssl-redirect': setting({
    value: bool,
    defaultText: 'true',
    example: 'false',
    summary: 'Plain HTTP is redirected to HTTPS when an Ingress names the host in spec.tls.',
  }),
  'ssl-session-tickets': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary:
      'Clients keep TLS sessions themselves, sealed by keys that each nginx makes and changes, or by those of --session-ticket-secret, which replicas share.',
  }),
  'upstream-keepalive-connections': setting({
    value: integer({ min: 0, max: 1024 }),
    defaultText: '32',
    example: '64',
    summary:
      'Idle connections that each worker keeps to each backend; 0 keeps none (ingress-nginx counts 320 for all backends together).',
  }),
  'use-forwarded-headers': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary:
      'Believes the proxies in proxy-real-ip-cidr about the address, scheme, host and port that a client used (forwarded-for-header, X-Forwarded-Proto, -Host, -Port).',
  }),
  'use-http2': setting({
    value: bool,
    defaultText: 'true',
    example: 'false',
    summary: 'Clients may speak HTTP/2.',
  }),
  'use-port-in-redirects': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary: 'Redirects to HTTPS name the port that nginx listens on, unless it is 443.',
  }),
  'use-proxy-protocol': setting({
    value: bool,
    defaultText: 'false',
    example: 'true',
    summary:
      'HTTP and HTTPS connections begin with a PROXY protocol header; the proxies in proxy-real-ip-cidr are believed.',
  }),
  'whitelist-source-range': protection({
    value: orEmpty(cidrList),
    defaultText: '',
    example: '10.0.0.0/8,192.168.0.0/16',
    summary: 'Only clients in these networks may ask; others are answered 403.',
  }),
  'worker-processes': setting({
    value: workerCount,
    defaultText: 'auto',
    example: '4',
    summary: 'Number of nginx worker processes; auto is one for each processor.',
  }),
  'worker-shutdown-timeout': setting({
    value: durationAsMs({ min: 0, max: 86_400 }),
    defaultText: '240s',
    example: '60s',
    summary: 'Time that old workers have to finish their requests after a reload; 0 is no limit.',
  }),
} as const;

export type SettingName = keyof typeof settingTable;

/** What each key is read into. */
export type SettingValues = {
  readonly [Name in SettingName]: (typeof settingTable)[Name] extends SettingDeclaration<infer T> ? T : never;
};

/** The keys of the table, sorted. */
export const settingNames = Object.keys(settingTable) as readonly SettingName[];
