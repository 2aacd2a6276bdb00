/**
 * Duty: a backend that tells what reached it. Stands for the Pods of one Service; speaks HTTP/1.1, and WebSocket echo.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** What the backend answers as JSON. */
export interface Echo {
  readonly backend: string;
  readonly method: string;
  /** The raw request target as it arrived. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
}

export interface EchoBackend {
  readonly port: number;
  /** Requests answered so far. */
  requestCount(): number;
  close(): Promise<void>;
}

export interface EchoBackendOptions {
  readonly name: string;
  /** PEM pair: the backend speaks HTTPS. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
  /** Loopback address to listen on; another one stands for another Pod. */
  readonly address?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
}

/**
 * Starts one. A request may ask for its answer: `x-answer-status: 503` sets the status, `x-answer-delay-ms: 100` waits
 * before answering, `x-answer-header: name=value` adds a header.
 */
export async function startEchoBackend(options: EchoBackendOptions): Promise<EchoBackend> {
  let count = 0;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
    request.on('end', () => {
      count += 1;
      const echo: Echo = {
        backend: options.name,
        method: request.method ?? '',
        path: request.url ?? '',
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        bodyBytes,
      };
      const text = JSON.stringify(echo);
      const asked = request.headers['x-answer-header'];
      if (typeof asked === 'string') {
        const [name = '', value = ''] = asked.split('=', 2);
        response.setHeader(name, value);
      }
      response.writeHead(Number(request.headers['x-answer-status'] ?? 200), { 'content-type': 'application/json' });
      setTimeout(() => response.end(text), Number(request.headers['x-answer-delay-ms'] ?? 0));
    });
  };
  const server: Server =
    options.tls === undefined
      ? createServer(handle)
      : createTlsServer({ cert: options.tls.certPem, key: options.tls.keyPem }, handle);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    socket.send(JSON.stringify({ backend: options.name, path: request.url }));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.address ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requestCount: () => count,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
