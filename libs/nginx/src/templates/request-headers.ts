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
] as const;

/** Lets an upgraded connection (WebSocket) through, and keeps all others open. gRPC has neither header. */
const connectionHeaders = [
  ['Upgrade', '$gatehouse_upgrade'],
  ['Connection', '$gatehouse_connection'],
] as const;

/** The request as the error backend gets it: about what, and without its body. */
const errorHeaders = [
  ['Host', '$gatehouse_host'],
  ['X-Code', '$status'],
  ['X-Format', '$http_accept'],
  ['X-Original-URI', '$request_uri'],
  ['X-Namespace', '{{namespace}}'],
  ['X-Ingress-Name', '{{ingress}}'],
  ['X-Service-Name', '{{service}}'],
  ['X-Service-Port', '{{servicePort}}'],
  ['X-Request-ID', '$gatehouse_request_id'],
  ['X-Real-IP', '$remote_addr'],
  ['X-Forwarded-For', '$gatehouse_forwarded_for'],
  ['X-Forwarded-Host', '$gatehouse_host'],
  ['X-Forwarded-Proto', '$gatehouse_scheme'],
  ['Content-Length', '""'],
  ['Connection', '$gatehouse_idle_connection'],
  ['Upgrade', '""'],
  ['Proxy', '""'],
] as const;

function headerLines(directive: string, headers: readonly (readonly [name: string, value: string])[]): string {
  return headers.map(([name, value]) => `${directive} ${name.padEnd(25)} ${value};\n`).join('');
}

export const proxyHeaders = headerLines('proxy_set_header', [...requestHeaders, ...connectionHeaders]);
export const grpcHeaders = headerLines('grpc_set_header', requestHeaders);
export const errorPageHeaders = headerLines('proxy_set_header', errorHeaders);
