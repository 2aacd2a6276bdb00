/**
 * Duty: the headers that every backend gets beside the client's own, for each of the modules that forward requests.
 * A location that sets one header loses all of these, so whoever changes one repeats the set.
 */

/** Host comes first and is a token: `upstream-vhost` replaces it. What clients said about themselves is believed as templates/clients.ts says. */
const requestHeaders = [
  ['Host', '{{host}}'],
  ['X-Request-ID', '$gatehouse_request_id'],
  ['X-Real-IP', '$remote_addr'],
  ['X-Forwarded-For', '$gatehouse_forwarded_for'],
  ['X-Forwarded-Host', '$gatehouse_host'],
  ['X-Forwarded-Port', '$gatehouse_forwarded_port'],
  ['X-Forwarded-Proto', '$gatehouse_scheme'],
  ['X-Forwarded-Scheme', '$gatehouse_scheme'],
  ['X-Scheme', '$gatehouse_scheme'],
  ['X-Original-Forwarded-For', '$http_x_forwarded_for'],
  ['X-Original-Forwarded-Host', '$http_x_forwarded_host'],
  // A client's Proxy header would become HTTP_PROXY in a CGI program.
  ['Proxy', '""'],
  // Only we say why, and only where an error is.
  ['X-Gatehouse-Reason', '""'],
] as const;

/** Lets an upgraded connection (WebSocket) through, and keeps all others open. gRPC has neither header. */
const connectionHeaders = [
  ['Upgrade', '$gatehouse_upgrade'],
  ['Connection', '$gatehouse_connection'],
] as const;

/** A request that nobody has a rule for, as the default backend gets it: it may be a site, so the path stays as it is. */
const unmatchedHeaders = [
  ['X-Code', '404'],
  ['X-Format', '$http_accept'],
  ['X-Original-URI', '$request_uri'],
  ['X-Gatehouse-Reason', '{{reason}}'],
  ['X-Namespace', '""'],
  ['X-Ingress-Name', '""'],
  ['X-Service-Name', '""'],
  ['X-Service-Port', '""'],
] as const;

/**
 * What the server of error pages changes: the request has passed the headers above on its way there. A part of a page, or
 * none because it is known already, is no answer to an error.
 */
const errorHeaders = [
  ['Host', '$http_host'],
  ['X-Code', '$gatehouse_error_code'],
  ['X-Format', '$http_accept'],
  ['X-Original-URI', '$gatehouse_error_uri'],
  ['X-Namespace', '$gatehouse_error_namespace'],
  ['X-Ingress-Name', '$gatehouse_error_ingress'],
  ['X-Service-Name', '$gatehouse_error_service'],
  ['X-Service-Port', '$gatehouse_error_port'],
  ['X-Gatehouse-Reason', '$gatehouse_reason'],
  ['Content-Length', '""'],
  ['Connection', '$gatehouse_idle_connection'],
  ['Upgrade', '""'],
  ['Range', '""'],
  ['If-Range', '""'],
  ['If-Match', '""'],
  ['If-None-Match', '""'],
  ['If-Modified-Since', '""'],
  ['If-Unmodified-Since', '""'],
] as const;

function headerLines(directive: string, headers: readonly (readonly [name: string, value: string])[]): string {
  return headers.map(([name, value]) => `${directive} ${name.padEnd(25)} ${value};\n`).join('');
}

const passedHeaders = [...requestHeaders, ...connectionHeaders];
const isOverwritten = new Set<string>(unmatchedHeaders.map(([name]) => name));

export const proxyHeaders = headerLines('proxy_set_header', passedHeaders);
export const unmatchedProxyHeaders = headerLines('proxy_set_header', [
  ...passedHeaders.filter(([name]) => !isOverwritten.has(name)),
  ...unmatchedHeaders,
]);
export const grpcHeaders = headerLines('grpc_set_header', requestHeaders);
export const errorPageHeaders = headerLines('proxy_set_header', errorHeaders);
