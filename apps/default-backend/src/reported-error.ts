/**
 * Duty: what a proxy reports of an error in the headers of its request. Nobody but a proxy that we trust is believed, and the
 * URL never is.
 */
import { parseErrorReason, parseErrorStatus, type ErrorDetails, type ErrorReason } from '@gatehouse/error-pages';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Networks } from './networks.ts';
import { makeReferenceNumber, takeReferenceNumber } from './reference-number.ts';

/**
 * Whose request it was: `routed` one that an Ingress is for, `unrouted` one that none is for, `untrusted` one of somebody
 * whom we do not believe.
 */
export type HostClass = 'routed' | 'unrouted' | 'untrusted';

export interface ReportedError {
  /** From 400 to 599. */
  readonly status: number;
  readonly reason: ErrorReason | undefined;
  readonly reference: string;
  /** The header Accept of the original request, when the proxy hands it on under another name. */
  readonly xFormat: string | undefined;
  readonly hostClass: HostClass;
  readonly host: string | undefined;
  readonly namespace: string | undefined;
  /** What the proxy says about the request; empty when nobody is believed. */
  readonly details: () => ErrorDetails;
  /** Whether the reader may see the details. */
  readonly showsDetails: boolean;
}

export interface Believed {
  /** Whose headers are believed, by the address of the connection. */
  readonly proxies: Networks;
  /** Which clients see the details; undefined is none. */
  readonly readers: Networks | undefined;
  /** Told of each connection of somebody else who reports an error. */
  readonly onStranger?: (address: string | undefined) => void;
}

/** As much of a text of the client's as is shown or logged. */
const MOST_CHARACTERS = 1000;
/** More proxies than this are not in a row; whoever sends more is no reader. */
const MOST_HOPS = 16;

/** What the request of an unbelieved peer reports: nothing. */
const noDetails = (): ErrorDetails => ({});

export class ErrorReports {
  readonly #believed: Believed;
  /** The peer of a connection does not change, so it is judged once. */
  readonly #trust = new WeakMap<Socket, boolean>();

  constructor(believed: Believed) {
    this.#believed = believed;
  }

  /** Total: whatever the headers hold, there is a report. */
  read(request: IncomingMessage): ReportedError {
    const { headers, socket } = request;
    if (!this.#trusts(socket, headers)) {
      return {
        ...{ status: 404, reason: undefined, reference: makeReferenceNumber(), xFormat: undefined },
        ...{ hostClass: 'untrusted', host: undefined, namespace: undefined, details: noDetails, showsDetails: false },
      };
    }
    const ingress = single(headers['x-ingress-name']);
    return {
      status: parseErrorStatus(single(headers['x-code'])),
      reason: parseErrorReason(single(headers['x-gatehouse-reason'])),
      reference: takeReferenceNumber(single(headers['x-request-id'])),
      xFormat: single(headers['x-format']),
      hostClass: ingress === undefined || ingress === '' ? 'unrouted' : 'routed',
      // Not X-Forwarded-Host, which ingress-nginx passes on as the client wrote it.
      host: headers.host,
      namespace: single(headers['x-namespace']),
      details: () => detailsIn(headers),
      showsDetails: this.#isReader(headers),
    };
  }

  #trusts(socket: Socket, headers: IncomingHttpHeaders): boolean {
    let trusted = this.#trust.get(socket);
    if (trusted === undefined) {
      trusted = this.#believed.proxies(socket.remoteAddress);
      this.#trust.set(socket, trusted);
      if (!trusted && headers['x-code'] !== undefined) this.#believed.onStranger?.(socket.remoteAddress);
    }
    return trusted;
  }

  /**
   * Each address in X-Forwarded-For has to be one of a reader. nginx replaces or lengthens that header, so the client's true
   * address is among them, and whatever the client wrote there itself can only exclude it. X-Real-IP is not asked:
   * ingress-nginx passes on the client's own to an error page.
   */
  #isReader(headers: IncomingHttpHeaders): boolean {
    const { readers } = this.#believed;
    const forwardedFor = readers === undefined ? undefined : single(headers['x-forwarded-for']);
    if (readers === undefined || forwardedFor === undefined) return false;
    const hops = forwardedFor.split(',', MOST_HOPS + 1);
    return hops.length <= MOST_HOPS && hops.every((hop) => readers(hop.trim()));
  }
}

function detailsIn(headers: IncomingHttpHeaders): ErrorDetails {
  return {
    host: shown(headers.host),
    uri: shown(headers['x-original-uri']),
    namespace: shown(headers['x-namespace']),
    ingress: shown(headers['x-ingress-name']),
    service: shown(headers['x-service-name']),
    servicePort: shown(headers['x-service-port']),
  };
}

/** Node joins what comes several times with commas, so that no more than one text is there; the type cannot say so. */
function single(header: string[] | string | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** Node reads headers as Latin 1; what was UTF-8 becomes that again. An empty header says nothing. */
function shown(header: string[] | string | undefined): string | undefined {
  const text = single(header);
  if (text === undefined || text === '') return undefined;
  const cut = text.slice(0, MOST_CHARACTERS);
  return PLAIN.test(cut) ? cut : Buffer.from(cut, 'latin1').toString('utf8');
}

const PLAIN = /^[\x20-\x7e]*$/;
