/**
 * Duty: tokens made of our own names and words: where requests are passed to. Text of a user gets here only as a segment
 * of a path, encoded.
 */
import type { ErrorReason } from '@gatehouse/core';
import { quoteText } from './quote.ts';
import { makeToken, NginxToken, TokenRefused } from './token.ts';

const OWN_NAME = /^[a-z]{1,64}$/;

/** How a backend is spoken to; `client` is the client's own scheme. */
export type UpstreamScheme = 'client' | 'grpc' | 'grpcs' | 'http' | 'https';

/** `http://` and the name of an upstream block. Without a path: the client's raw path is forwarded. */
export function upstreamUrl(scheme: UpstreamScheme, name: string): NginxToken {
  return makeToken(`${printScheme(scheme)}://${ownName(name)}`);
}

/** The same with the address in `$gatehouse_backend`, which nginx resolves for each request. */
export function resolvedUrl(scheme: UpstreamScheme): NginxToken {
  return makeToken(`${printScheme(scheme)}://$gatehouse_backend`);
}

/** Name of an upstream block or of its memory zone. */
export function upstreamBlock(name: string): NginxToken {
  return makeToken(ownName(name));
}

/** What nginx asks DNS for, for the endpoints of an upstream block. */
export function endpointsName(name: string): NginxToken {
  return makeToken(`${ownName(name)}.gatehouse`);
}

/** Who passes requests on, or connections and datagrams. */
export type Proxying = 'http' | 'stream';

/** The memory for endpoints that all upstreams share. */
export function endpointZone(proxying: Proxying): NginxToken {
  return makeToken(proxying === 'http' ? 'gatehouse_endpoints' : 'gatehouse_stream_endpoints');
}

/** Of the question for endpoints: it says what is done where there are none (libs/endpoint-dns). */
export function endpointService(proxying: Proxying): NginxToken {
  return makeToken(proxying === 'http' ? 'service=e' : 'service=s');
}

/** Name of a location of the server of error pages that only error_page leads to. */
export function errorLocation(backend: string): NginxToken {
  return makeToken(`@${ownName(backend)}`);
}

/** The location that errors lead to: with what their location is about, or with nothing. */
export function errorPage(kind: 'plain' | 'subject'): NginxToken {
  return makeToken(kind === 'plain' ? '$gatehouse_plain_page' : '$gatehouse_error_page');
}

/** The certificate that nginx finds for a handshake. */
export function handshakeCertificate(): NginxToken {
  return makeToken('$gatehouse_certificate');
}

/** The link to the certificate of a wildcard host, when there is one for a handshake's name. */
export function wildcardLink(): NginxToken {
  return makeToken('$gatehouse_wildcard_link');
}

/** Name of a link to a certificate: a digest, or that of the default. */
export function certificateLink(name: string): NginxToken {
  if (!/^(?:[0-9a-f]{64}|default)\.live$/.test(name)) throw new TokenRefused('the name of a link is not one of ours');
  return makeToken(name);
}

/** Path of what the variable names in the directory of keys. */
export function linkedKey(
  runtimeDirectory: string,
  variable: '$gatehouse_certificate_link' | '$gatehouse_proven_key',
): NginxToken {
  if (runtimeDirectory.includes('$')) throw new TokenRefused('the directory holds a dollar sign');
  return makeToken(quoteText(`${runtimeDirectory}/keys/${variable}`));
}

function printScheme(scheme: UpstreamScheme): string {
  return scheme === 'client' ? '$scheme' : scheme;
}

function ownName(name: string): string {
  if (!OWN_NAME.test(name)) throw new TokenRefused(`${JSON.stringify(name)} is not a name of ours`);
  return name;
}

/** What a page is asked for about: by whom, why, and for a route of which objects. */
export interface ErrorSubject {
  /** `anew`: a request that no endpoint answered may begin anew. */
  readonly way: 'anew' | 'once';
  /** Name of the error backend, one of ours. */
  readonly backend: string;
  /** Where the status alone does not say why. */
  readonly reason: ErrorReason | undefined;
  /** Texts of users: namespace, Ingress, Service and port; empty where there is none. */
  readonly names: readonly [namespace: string, ingress: string, service: string, port: string];
}

/** The root of a location, which error_page takes apart (templates/error-pages.ts). */
export function errorSubject({ way, backend, reason, names }: ErrorSubject): NginxToken {
  return makeToken(`"/${[way, ownName(backend), reason ?? '-', ...names.map(printSegment)].join('/')}"`);
}

/** The path under which the server of error pages knows a backend; `start`: with what it decides itself. */
export function errorPagePath(backend: string, start: '' | '/idle' | '/lost' = ''): NginxToken {
  return makeToken(`${start}/${ownName(backend)}/`);
}

/** An address that is spoken to over plain HTTP. */
export function addressUrl(address: NginxToken): NginxToken {
  return makeToken(`http://${NginxToken.print(address)}`);
}

/** One segment of a path, never one that leads upwards. `-` is none. */
function printSegment(text: string): string {
  if (!text.isWellFormed()) throw new TokenRefused('the text is not well-formed Unicode');
  return /^\.*$/.test(text) ? '-' : encodeURIComponent(text);
}

/** A digest in hexadecimal. */
export function digestToken(digest: string): NginxToken {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new TokenRefused('the digest is not one');
  return makeToken(digest);
}
