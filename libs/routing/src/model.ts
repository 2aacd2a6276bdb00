/**
 * Duty: what resolve makes of a snapshot: hosts, routes, backends, certificates, each with the object it comes from.
 * No nginx word and no Kubernetes client type in it. Frozen; what did not change between two resolves is the very
 * same object, so that whoever comes after can memoise by identity.
 */
import type { RoutePolicy, Settings } from '@gatehouse/annotations';
import type { ObjectKey, ObjectRef } from '@gatehouse/core';

export interface Model {
  /** By name; the catch-all host (empty name) comes first and is always there. */
  readonly hosts: readonly HostModel[];
  /** The certificate for handshakes that no host's certificate answers; undefined means the self-signed one. */
  readonly defaultCertificate?: Certificate;
  /** Those that seal session tickets, where replicas share them: the first seals, all open. */
  readonly sessionTicketKeys?: readonly SessionTicketKey[];
  /** Answers errors where a route names no backend for them; undefined means plain pages. */
  readonly defaultBackend?: Backend;
  readonly settings: Settings;
  /** TCP and UDP ports that are passed on to Services; by transport, then port, which no two share. */
  readonly streams: readonly Stream[];
}

/** One TCP or UDP port of ours that leads to one port of a Service. */
export interface Stream {
  readonly origin: Origin;
  readonly transport: Transport;
  readonly port: number;
  /** Without endpoints nobody answers on the port. */
  readonly backend: Backend;
  /** Clients (a load balancer) begin with a PROXY protocol header; never for UDP. */
  readonly takesProxyProtocol: boolean;
  /** The backend gets a PROXY protocol header; never for UDP. */
  readonly sendsProxyProtocol: boolean;
}

export type Transport = 'TCP' | 'UDP';

export interface HostModel {
  /** `` for every host that no other names, `cafe.example.com`, or `*.example.com` (exactly one label). */
  readonly name: string;
  /** By path, then match. No two have the same path and match. */
  readonly routes: readonly Route[];
  /** Answers what no route matches; undefined means a plain 404. */
  readonly fallback?: Fallback;
  /** Undefined means the default certificate. */
  readonly certificate?: Certificate;
  /** Whether an Ingress names the host in spec.tls: what `tlsRedirect: 'whenHostHasTls'` asks. */
  readonly hasTls: boolean;
  /** Where `/` is redirected to, with the Ingress that says so. */
  readonly appRoot?: { readonly path: string; readonly origin: Origin };
}

/** Where in the users' objects something was asked for. */
export interface Origin {
  readonly object: ObjectRef;
  /** `spec.rules[0].http.paths[1]`. */
  readonly field: string;
}

/**
 * How `path` is compared with the decoded, normalised path of a request:
 * - `exact`: the same text;
 * - `prefix`: element by element; `path` never ends in a slash, but for `/` itself (`/foo` matches /foo, /foo/, /foo/x);
 * - `regex`: a PCRE expression, anchored at the start only, ignoring case.
 */
export type Match = 'exact' | 'prefix' | 'regex';

export interface Route {
  readonly origin: Origin;
  readonly match: Match;
  /** Decoded as nginx decodes a request path (`%C3%A9` is `é`), but for `regex`, which stays as written. */
  readonly path: string;
  readonly target: Target;
  readonly policy: RoutePolicy;
  /** Values of the constant variables namespace, ingress_name, service_name and service_port. */
  readonly names: RouteNames;
  /** Answers errors and missing endpoints instead of the default backend of all hosts. Has endpoints. */
  readonly errorBackend?: Backend;
}

export interface RouteNames {
  readonly namespace: string;
  readonly ingress: string;
  readonly service: string;
  readonly servicePort: string;
}

/** What answers a route: a backend (perhaps without endpoints), or nothing that could be used (503). */
export type Target = { readonly kind: 'backend'; readonly backend: Backend } | { readonly kind: 'unavailable' };

/** What answers a host's other requests. */
export interface Fallback {
  readonly backend: Backend;
  /** Undefined for the global default backend, which has no origin and the settings' policy. */
  readonly origin?: Origin;
  readonly policy: RoutePolicy;
  readonly names: RouteNames;
  /** As for a route. */
  readonly errorBackend?: Backend;
}

/** One port of one Service, with the endpoints that are ready. */
export interface Backend {
  /** Unique and stable for a Service and its port: `namespace/name:port`, where port is the number (UDP: `53/UDP`). */
  readonly id: string;
  readonly service: ObjectKey;
  /** Sorted; empty means that requests are answered 503. */
  readonly endpoints: readonly EndpointAddress[];
}

export interface EndpointAddress {
  /** An IPv4 or IPv6 address without brackets, or, for ExternalName Services, a DNS name. */
  readonly address: string;
  readonly port: number;
}

/** A key that TLS session tickets are encrypted with, by content. */
export interface SessionTicketKey {
  /** Digest of the key: equal content, equal id. Hexadecimal, 64 characters. */
  readonly id: string;
  /** 48 or 80 bytes; never logged, never in a template. */
  readonly key: Uint8Array;
}

/** A usable certificate chain with its key, by content. */
export interface Certificate {
  /** Digest of chain and key: equal content, equal id. Hexadecimal, 64 characters. */
  readonly id: string;
  readonly secret: ObjectKey;
  /** PEM chain followed by PEM key, ready to be a file; never logged, never in a template. */
  readonly pem: Uint8Array;
}
