/**
 * Duty: the listening end of a server of a test, over plain HTTP/1.1 or HTTP/2 on TLS, whose connections can be broken in
 * the ways that a server and what stands before it do. Must not know what is answered.
 */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { constants, createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { CertificatePair } from './certificate.ts';

export class BreakableServer {
  readonly #listener: RequestListener;
  readonly #pair: CertificatePair | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  #server: Server | Http2SecureServer | undefined;
  #port = 0;

  /** With a certificate it speaks HTTP/2 and nothing else. */
  constructor(listener: RequestListener, pair?: CertificatePair) {
    this.#listener = listener;
    this.#pair = pair;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `${this.#pair === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  /** Begins to listen, after a stop on the same port. */
  async start(): Promise<void> {
    this.#server = this.#pair === undefined ? this.#plain() : this.#secure(this.#pair);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await once(this.#server.listen(this.#port, '127.0.0.1'), 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks all connections off and takes no new ones. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Resets all connections (RST), in the middle of whatever they carry. New ones are taken. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /**
   * Asks to leave each connection of HTTP/2. `finish`: what was begun goes on, what comes from now on is refused, as a
   * server has it that shall end or spread its clients. `refuse`: it is closed at once.
   */
  goAway(how: 'finish' | 'refuse'): void {
    if (this.#sessions.size === 0) throw new Error('nobody is connected over HTTP/2');
    for (const session of this.#sessions) {
      if (session.destroyed) continue;
      if (how === 'finish') session.goaway(constants.NGHTTP2_NO_ERROR);
      else session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }
  }

  #plain(): Server {
    const server = createServer(this.#listener);
    server.keepAliveTimeout = 60_000;
    return server;
  }

  #secure({ certPem, keyPem }: CertificatePair): Http2SecureServer {
    // Its requests and answers have all that those of HTTP/1.1 have and that is used here.
    const listener = this.#listener as unknown as Parameters<typeof createSecureServer>[1];
    const server = createSecureServer({ cert: certPem, key: keyPem }, listener);
    return server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => undefined);
      session.once('close', () => this.#sessions.delete(session));
    });
  }
}
