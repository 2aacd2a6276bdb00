/**
 * Duty: a client that says exactly the bytes it is told, for specs of what hostile clients do.
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

export interface RawClient {
  readonly socket: Socket;
  send(text: string): void;
  /** All that came until the connection was closed, and after how many milliseconds. */
  untilClosed(): Promise<{ readonly text: string; readonly afterMs: number }>;
  /** Resolves when what came so far contains `part`. */
  untilReceived(part: string): Promise<void>;
}

/** Connects to this machine; rejects when nobody listens. */
export function connectRaw(port: number): Promise<RawClient> {
  return clientOf(connect({ port, host: '127.0.0.1' }), 'connect');
}

/** The same with TLS, whoever answers; rejects when there is no handshake. */
export function connectRawTls(port: number, options: ConnectionOptions = {}): Promise<RawClient> {
  return clientOf(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }), 'secureConnect');
}

async function clientOf(socket: Socket, ready: string): Promise<RawClient> {
  const startedMs = performance.now();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => socket.once(ready, () => resolve()).once('error', reject));
  return {
    socket,
    send: (bytes) => socket.write(bytes, 'latin1'),
    untilClosed: async () => {
      await closed;
      return { text, afterMs: performance.now() - startedMs };
    },
    untilReceived: async (part) => {
      while (!text.includes(part)) await new Promise((resolve) => socket.once('data', resolve));
    },
  };
}
