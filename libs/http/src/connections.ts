/**
 * Duty: the open connections of a server, those that are still in their TLS handshake included.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Nobody asks any more when nobody was connected for so long. */
const QUIET_MS = 250;
const LOOK_MS = 25;

export class Connections {
  readonly #open = new Set<Socket>();
  #outdated = new WeakSet<Socket>();
  #seenMs = -Infinity;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => this.#add(socket));
    // The socket that requests come from, on top of the one of the connection.
    server.on('secureConnection', (socket: Socket) => this.#add(socket));
  }

  get count(): number {
    return this.#open.size;
  }

  /** What is open now is to end soon. */
  outdate(): void {
    this.#outdated = new WeakSet(this.#open);
  }

  isCurrent(socket: Socket): boolean {
    return !this.#outdated.has(socket);
  }

  /** Resolves when nobody has been connected for a moment, at the latest after `mostMs`. */
  async untilQuiet(mostMs: number): Promise<void> {
    const endMs = performance.now() + mostMs;
    if (this.#open.size === 0 && this.#isQuiet()) return;
    while (performance.now() < endMs && !this.#isQuiet()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #add(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#seenMs = performance.now();
    });
  }

  #isQuiet(): boolean {
    return this.#open.size === 0 && performance.now() - this.#seenMs >= QUIET_MS;
  }
}
