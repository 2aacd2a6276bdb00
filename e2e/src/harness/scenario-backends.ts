/**
 * Duty: the backends that a scenario can ask for: echo backends over each protocol, and some that are out of order.
 */
import {
  createServer as createPlainHttp2,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { makeCertificate } from '@gatehouse/testing';
import { startEchoBackend, type Echo } from './echo-backend.ts';

export const backendKinds = [
  /** An echo backend over HTTP/1.1; what every Service gets that asks for nothing else. */
  'http',
  'https',
  /** Both on one port; over TLS its name ends in `-over-tls`. */
  'http-or-https',
  /** HTTP/2 without TLS, as gRPC servers speak it. */
  'http2-plain',
  'http2-tls',
  /** A port whose connections are never made, since its queue is full. */
  'never-accepts',
  /** Takes connections and reads nothing from them. */
  'never-reads',
] as const;

export type BackendKind = (typeof backendKinds)[number];

export interface ScenarioBackend {
  readonly port: number;
  close(): Promise<void>;
}

export interface BackendPlace {
  readonly kind: BackendKind;
  /** Of this machine, to listen on. */
  readonly address: string;
}

/** Starts a backend that calls itself `name`. */
export async function startScenarioBackend(name: string, { kind, address }: BackendPlace): Promise<ScenarioBackend> {
  switch (kind) {
    case 'http':
      return startEchoBackend({ name, address });
    case 'https':
      return startEchoBackend({ name, address, tls: await makeCertificate({ hosts: [name] }) });
    case 'http-or-https':
      return startEither(name, address);
    case 'http2-plain':
      return listenOn(createPlainHttp2(answerOverHttp2(name)), address);
    case 'http2-tls': {
      const { certPem, keyPem } = await makeCertificate({ hosts: [name] });
      return listenOn(createSecureServer({ cert: certPem, key: keyPem }, answerOverHttp2(name)), address);
    }
    case 'never-accepts':
      return startNeverAccepting(address);
    case 'never-reads':
      return listenOn(createServer({ pauseOnConnect: true }), address);
  }
}

function answerOverHttp2(name: string): (request: Http2ServerRequest, response: Http2ServerResponse) => void {
  return (request, response) => {
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
    request.on('end', () => {
      const headers = Object.entries(request.headers).map(([key, value]) => [key, String(value)]);
      const echo: Echo = {
        backend: name,
        method: request.method,
        path: request.url,
        headers: Object.fromEntries(headers) as Readonly<Record<string, string>>,
        bodyBytes,
      };
      response.end(JSON.stringify(echo));
    });
  };
}

/** The first byte of a connection that begins a TLS handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

async function startEither(name: string, address: string): Promise<ScenarioBackend> {
  const inside = '127.0.0.1';
  const plain = await startScenarioBackend(name, { kind: 'http', address: inside });
  const overTls = await startScenarioBackend(`${name}-over-tls`, { kind: 'https', address: inside });
  const door = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      const { port } = first[0] === TLS_HANDSHAKE ? overTls : plain;
      const inner = connect(port, inside);
      inner.on('error', () => socket.destroy());
      inner.write(first);
      socket.pipe(inner).pipe(socket);
    });
  });
  const { port, close } = await listenOn(door, address);
  return {
    port,
    async close() {
      await Promise.all([close(), plain.close(), overTls.close()]);
    },
  };
}

/** Listens with a queue of one in a thread that then sleeps; a queue that is full drops every further SYN (Linux). */
const NEVER_ACCEPT = `
  const { createServer } = require('node:net');
  const { parentPort, workerData: host } = require('node:worker_threads');
  const server = createServer().listen({ port: 0, host, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;
/** More than a queue of one holds, by any kernel's way to count. */
const FILLING_CONNECTIONS = 8;
const FILLED_AFTER_MS = 300;

async function startNeverAccepting(address: string): Promise<ScenarioBackend> {
  const thread = new Worker(NEVER_ACCEPT, { eval: true, workerData: address });
  const port = await new Promise<number>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  const filling = Array.from({ length: FILLING_CONNECTIONS }, () =>
    connect(port, address).on('error', () => undefined),
  );
  await new Promise((resolve) => setTimeout(resolve, FILLED_AFTER_MS));
  return {
    port,
    async close() {
      for (const socket of filling) socket.destroy();
      await thread.terminate();
    },
  };
}

async function listenOn(server: Server, address: string): Promise<ScenarioBackend> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
