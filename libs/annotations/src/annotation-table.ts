/**
 * Duty: the one table of annotations: how each is read, what it is by default, what it means, what it does to the policy
 * of an Ingress. Sorted by name, which is also the order in which they act.
 */
import { annotation, type AnnotationEntry } from './annotation-entry.ts';
import { bool } from './combinators/bool.ts';
import type { Combinator } from './combinators/combinator.ts';
import { appRootPath, redirectLocation, rewriteTarget, upstreamHost } from './combinators/interpolated-text.ts';
import { cidrList, hostList, namespaceList, statusCodeList } from './combinators/lists.ts';
import { serviceName } from './combinators/names.ts';
import { oneNumberOf, oneOf } from './combinators/one-of.ts';
import type { BackendProtocol, RoutePolicy } from './policy.ts';
import { bodySize, exchangeTimeout } from './setting-table.ts';

const backendProtocol: Combinator<BackendProtocol> = oneOf({
  words: ['HTTP', 'HTTPS', 'GRPC', 'GRPCS', 'AUTO_HTTP'],
  letterCase: 'any',
  refused: { FCGI: 'FastCGI is not supported, put a web server in front of the FastCGI program' },
});

/** nginx sends a Location with these and with no other status. */
const redirectStatus = oneNumberOf([301, 302, 303, 307, 308]);

export const annotationTable: readonly AnnotationEntry[] = [
  annotation({
    name: 'allowlist-source-range',
    aliases: ['whitelist-source-range'],
    value: cidrList,
    scope: 'route',
    risk: 'high',
    setting: 'whitelist-source-range',
    summary: 'Only clients in these networks may ask; others are answered 403.',
    example: '10.0.0.0/8,192.168.0.0/16',
    failClosed: true,
    apply: (_, allowedNetworks) => ({ allowedNetworks }),
  }),
  annotation({
    name: 'app-root',
    value: appRootPath,
    scope: 'host',
    risk: 'medium',
    summary: 'Requests for / of the host are redirected (302) to this path.',
    example: '/app',
    apply: (_, appRoot) => ({ appRoot }),
  }),
  annotation({
    name: 'backend-protocol',
    value: backendProtocol,
    scope: 'route',
    risk: 'low',
    defaultText: 'HTTP',
    summary: 'The protocol that the backend speaks; AUTO_HTTP is HTTP for plain requests and HTTPS for TLS ones.',
    example: 'GRPC',
    apply: (_, protocol) => ({ backendProtocol: protocol }),
  }),
  annotation({
    name: 'custom-http-errors',
    value: statusCodeList,
    scope: 'route',
    risk: 'low',
    setting: 'custom-http-errors',
    summary: 'Answers of the backend with these status codes are replaced by a page of the default backend.',
    example: '404,503',
    apply: (_, errorCodes) => ({ errorCodes }),
  }),
  annotation({
    name: 'default-backend',
    value: serviceName,
    scope: 'route',
    risk: 'low',
    summary: 'This Service, by its first port, answers when the backend has no endpoints, and the custom-http-errors.',
    example: 'error-pages',
    apply: (_, errorBackendService) => ({ errorBackendService }),
  }),
  annotation({
    name: 'delegate-hosts-to',
    value: namespaceList,
    scope: 'host',
    risk: 'high',
    summary:
      'These namespaces may use the hosts of this Ingress, too, when host ownership is on and the hosts belong to its own.',
    example: 'team-b, team-c',
    apply: (_, delegatesHostsTo) => ({ delegatesHostsTo }),
  }),
  annotation({
    name: 'denylist-source-range',
    value: cidrList,
    scope: 'route',
    risk: 'high',
    setting: 'denylist-source-range',
    summary: 'Clients in these networks are answered 403; wins over the list of allowed networks.',
    example: '203.0.113.0/24',
    failClosed: true,
    apply: (_, deniedNetworks) => ({ deniedNetworks }),
  }),
  annotation({
    name: 'disable-proxy-intercept-errors',
    value: bool,
    scope: 'route',
    risk: 'low',
    setting: 'disable-proxy-intercept-errors',
    summary: 'Errors of the backend itself are passed on as they are; only those of the proxy become pages.',
    example: 'true',
    apply: (_, isDisabled) => ({ interceptsErrors: !isDisabled }),
  }),
  annotation({
    name: 'force-ssl-redirect',
    value: bool,
    scope: 'route',
    risk: 'low',
    setting: 'force-ssl-redirect',
    summary: 'Plain HTTP is redirected to HTTPS even when no Ingress names the host in spec.tls.',
    example: 'true',
    apply: ({ tlsRedirect }, force) => ({
      tlsRedirect: force ? 'always' : tlsRedirect === 'always' ? 'whenHostHasTls' : tlsRedirect,
    }),
  }),
  annotation({
    name: 'permanent-redirect',
    value: redirectLocation,
    scope: 'route',
    risk: 'medium',
    summary: 'Every request is answered with a redirect (301) to this place.',
    example: 'https://www.example.com$request_uri',
    apply: (_, location) => ({ redirect: { status: 301, location } }),
  }),
  annotation({
    name: 'permanent-redirect-code',
    value: redirectStatus,
    scope: 'route',
    risk: 'low',
    defaultText: '301',
    needs: 'permanent-redirect',
    summary: 'The status of permanent-redirect.',
    example: '308',
    apply: withRedirectStatus,
  }),
  annotation({
    name: 'proxy-body-size',
    value: bodySize,
    scope: 'route',
    risk: 'low',
    setting: 'proxy-body-size',
    summary: 'Largest request body; a larger one is answered 413.',
    example: '8m',
    apply: (_, bodyBytes) => ({ bodyBytes }),
  }),
  annotation({
    name: 'proxy-connect-timeout',
    value: exchangeTimeout,
    scope: 'route',
    risk: 'low',
    setting: 'proxy-connect-timeout',
    summary: 'Seconds in which the connection to the backend has to be made.',
    example: '10',
    apply: (_, connectTimeoutMs) => ({ connectTimeoutMs }),
  }),
  annotation({
    name: 'proxy-read-timeout',
    value: exchangeTimeout,
    scope: 'route',
    risk: 'low',
    setting: 'proxy-read-timeout',
    summary: 'Seconds that may pass between two reads from the backend; an idle WebSocket ends after it.',
    example: '3600',
    apply: (_, readTimeoutMs) => ({ readTimeoutMs }),
  }),
  annotation({
    name: 'proxy-send-timeout',
    value: exchangeTimeout,
    scope: 'route',
    risk: 'low',
    setting: 'proxy-send-timeout',
    summary: 'Seconds that may pass between two writes to the backend.',
    example: '3600',
    apply: (_, sendTimeoutMs) => ({ sendTimeoutMs }),
  }),
  annotation({
    name: 'rewrite-target',
    value: rewriteTarget,
    scope: 'route',
    risk: 'medium',
    summary:
      'Replaces the whole path of a request; paths of type ImplementationSpecific are then regular expressions, unless use-regex says otherwise.',
    example: '/$1',
    apply: (_, target) => ({ rewriteTarget: target, regexPaths: true }),
  }),
  annotation({
    name: 'server-alias',
    value: hostList,
    scope: 'route',
    risk: 'high',
    summary: 'The first host of the Ingress is served under these names as well, each as if it were a host of a rule.',
    example: 'www.example.com, shop.example.org',
    apply: (_, serverAliases) => ({ serverAliases }),
  }),
  annotation({
    name: 'ssl-redirect',
    value: bool,
    scope: 'route',
    risk: 'low',
    setting: 'ssl-redirect',
    summary: 'Plain HTTP is redirected to HTTPS when an Ingress names the host in spec.tls.',
    example: 'false',
    apply: ({ tlsRedirect }, redirect) => ({
      tlsRedirect: tlsRedirect === 'always' ? 'always' : redirect ? 'whenHostHasTls' : 'never',
    }),
  }),
  annotation({
    name: 'temporal-redirect',
    value: redirectLocation,
    scope: 'route',
    risk: 'medium',
    summary: 'Every request is answered with a redirect (302) to this place; wins over permanent-redirect.',
    example: 'https://status.example.com/',
    apply: (_, location) => ({ redirect: { status: 302, location } }),
  }),
  annotation({
    name: 'temporal-redirect-code',
    value: redirectStatus,
    scope: 'route',
    risk: 'low',
    defaultText: '302',
    needs: 'temporal-redirect',
    summary: 'The status of temporal-redirect.',
    example: '307',
    apply: withRedirectStatus,
  }),
  annotation({
    name: 'upstream-vhost',
    value: upstreamHost,
    scope: 'route',
    risk: 'low',
    summary: "The Host that the backend sees, instead of the client's.",
    example: '$service_name.$namespace.svc.cluster.local',
    apply: (_, host) => ({ upstreamHost: host }),
  }),
  annotation({
    name: 'use-regex',
    value: bool,
    scope: 'route',
    risk: 'low',
    defaultText: 'false',
    summary: 'Paths of type ImplementationSpecific are regular expressions, anchored at the start, ignoring case.',
    example: 'true',
    apply: (_, regexPaths) => ({ regexPaths }),
  }),
];

function withRedirectStatus({ redirect }: RoutePolicy, status: number): Partial<RoutePolicy> {
  return redirect === undefined ? {} : { redirect: { ...redirect, status } };
}
