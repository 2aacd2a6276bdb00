/**
 * Duty: a listening HTTP or HTTPS server with limits, an exchangeable certificate and an end without lost requests.
 * Must not know what is served.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { Server as NetServer, type AddressInfo } from 'node:net';
import type { Logger } from '@gatehouse/pipeline';
import { answerFromHeaders, listenBeside } from './answer-from-headers.ts';
import { Connections } from './connections.ts';
import { defaultHttpLimits, type HttpLimits } from './limits.ts';
import { tlsOptions, type TlsIdentity, type TlsOptions } from './tls-options.ts';

export interface HttpServerOptions {
  /** An express app, or anything that answers requests. */
  readonly app: RequestListener;
  /** HTTPS with this identity; plain HTTP when it is left out. */
  readonly tls?: TlsIdentity;
  /**
   * Certificates (PEM) of the authorities of client certificates. When it is given, each client is asked for one, and
   * `request.socket.authorized` says whether an authority vouches for it; who has none is let in all the same, so that the
   * app can say why not.
   */
  readonly clientCaPem?: string;
  /** What differs from `defaultHttpLimits`. */
  readonly limits?: Partial<HttpLimits>;
  /**
   * `headers`: the app answers each request at once, of any method and expectation, and a body is never read: what comes of it
   * is thrown away. Left out, it is `whole requests`, as Node has it.
   */
  readonly answersFrom?: 'headers' | 'whole requests';
  readonly logger: Logger;
}

export interface HttpServer {
  /**
   * Begins to listen; an empty host is every address, port 0 a free one. The answer is the port. Throws when the address
   * cannot be had.
   */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /**
   * New connections get this identity; those that are open stay. Throws, and changes nothing, when key and certificate
   * are unusable or do not belong together.
   */
  setIdentity(tls: TlsIdentity): void;
  /**
   * New connections are held to these authorities; those that are open end with their next answer. Throws, and changes
   * nothing, when a certificate is unusable, or when the server never asked for one.
   */
  setClientCa(clientCaPem: string): void;
  /**
   * Stops listening, lets running requests end, and cuts off what still runs after `graceMs`. Before it does, it may serve on
   * for `servingOnMs`, telling each client to come back elsewhere, so that none asks on a connection that is just being
   * closed; that ends early when nobody has been there for a moment.
   */
  close(graceMs: number, servingOnMs?: number): Promise<void>;
}

/** A server that does not listen yet. Throws when the TLS identity or the authorities of clients are unusable. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits = { ...defaultHttpLimits, ...options.limits };
  const state = { draining: false, tls: options.tls, clientCaPem: options.clientCaPem };
  const answer: RequestListener = (request, response) => {
    if (state.draining || !connections.isCurrent(request.socket)) response.setHeader('Connection', 'close');
    options.app(request, response);
  };
  const fromHeaders = options.answersFrom === 'headers' ? answerFromHeaders({ answer, ...limits }) : undefined;
  const server = makeServer(fromHeaders ?? answer, limits, tlsOptions(state));
  if (fromHeaders !== undefined) listenBeside(server, fromHeaders, limits.stallTimeoutMs);
  const connections = new Connections(server);
  const setTls = (next: Partial<typeof state>): void => {
    if (!('setSecureContext' in server)) throw new Error('a server without TLS has no certificate');
    server.setSecureContext(tlsOptions({ ...state, ...next }) ?? {});
    Object.assign(state, next);
  };
  return {
    listen: async ({ host, port }) => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
          server.off('error', reject);
          server.on('error', (error) => options.logger.error('server failed', { error }));
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    },
    setIdentity: (tls) => setTls({ tls }),
    setClientCa: (clientCaPem) => {
      if (state.clientCaPem === undefined) throw new Error('a server that asks for no certificate needs no authority');
      setTls({ clientCaPem });
      connections.outdate();
    },
    close: async (graceMs, servingOnMs = 0) => {
      state.draining = true;
      if (server.listening && servingOnMs > 0) await connections.untilQuiet(servingOnMs);
      await closeGracefully(server, connections, graceMs);
    },
  };
}

function makeServer(answer: RequestListener, limits: HttpLimits, tls: TlsOptions | undefined): Server | TlsServer {
  const options = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Node looks for clients that are too slow only this often; its default would add half a minute to every limit.
    connectionsCheckingInterval: Math.max(50, Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs) / 4),
    maxHeaderSize: limits.maxHeaderBytes,
    noDelay: true,
  };
  const server =
    tls === undefined
      ? createServer(options, answer)
      : createTlsServer({ ...options, ...tls, handshakeTimeout: limits.headersTimeoutMs }, answer);
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = limits.maxHeaders;
  server.setTimeout(limits.stallTimeoutMs);
  return server;
}

async function closeGracefully(server: Server, connections: Connections, graceMs: number): Promise<void> {
  if (!server.listening && connections.count === 0) return;
  // That of http would also close connections that were just made and have not asked yet.
  const stopListening = NetServer.prototype.close.bind(server);
  const closed = new Promise<void>((resolve) => stopListening(() => resolve()));
  const cutOff = setTimeout(() => connections.destroy(), graceMs);
  // An answer whose headers were sent before the end began leaves its connection open and idle.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearTimeout(cutOff);
  clearInterval(sweep);
}
