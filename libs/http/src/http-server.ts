/**
 * Duty: a listening HTTP or HTTPS server with limits, an exchangeable certificate and an end without lost requests.
 * Must not know what is served.
 */
import { constants } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Logger } from '@gatehouse/pipeline';
import { defaultHttpLimits, type HttpLimits } from './limits.ts';

/** A certificate chain and its private key, both PEM. */
export interface TlsIdentity {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface HttpServerOptions {
  /** An express app, or anything that answers requests. */
  readonly app: RequestListener;
  /** HTTPS with this identity; plain HTTP when it is left out. */
  readonly tls?: TlsIdentity;
  /** What differs from `defaultHttpLimits`. */
  readonly limits?: Partial<HttpLimits>;
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
  /** Stops listening, lets running requests end, and cuts off what still runs after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** A server that does not listen yet. Throws when the TLS identity is unusable. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const limits = { ...defaultHttpLimits, ...options.limits };
  const state = { draining: false };
  const answer: RequestListener = (request, response) => {
    if (state.draining) response.setHeader('Connection', 'close');
    options.app(request, response);
  };
  const server = makeServer(answer, limits, options.tls);
  const sockets = trackSockets(server);
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
    setIdentity: (tls) => {
      if (!('setSecureContext' in server)) throw new Error('a server without TLS has no certificate');
      server.setSecureContext(tlsContext(tls));
    },
    close: async (graceMs) => {
      state.draining = true;
      await closeGracefully(server, sockets, graceMs);
    },
  };
}

function makeServer(answer: RequestListener, limits: HttpLimits, tls: TlsIdentity | undefined): Server | TlsServer {
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
      : createTlsServer({ ...options, ...tlsContext(tls), handshakeTimeout: limits.headersTimeoutMs }, answer);
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = limits.maxHeaders;
  server.setTimeout(limits.stallTimeoutMs);
  return server;
}

function tlsContext({ certPem, keyPem }: TlsIdentity): SecureContextOptions {
  // A client that renegotiates has the server do the work of a handshake again and again.
  return { cert: certPem, key: keyPem, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_RENEGOTIATION };
}

/** Every open connection, those that are still in their TLS handshake included. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

async function closeGracefully(server: Server, sockets: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  if (!server.listening && sockets.size === 0) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cutOff = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
  // An answer whose headers were sent before the end began leaves its connection open and idle.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearTimeout(cutOff);
  clearInterval(sweep);
}
