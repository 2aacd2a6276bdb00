/**
 * Duty: a client that says exactly the bytes it is told, for specs of what hostile clients do.
 */
import { connect, type Socket } from 'node:net';

export interface RawClient {
  readonly socket: Socket;
  send(text: string): void;
  /** All that came until the connection was closed, and after how many milliseconds. */
  untilClosed(): Promise<{ readonly text: string; readonly afterMs: number }>;
  /** Resolves when what came so far contains `part`. */
  untilReceived(part: string): Promise<void>;
}

/** Connects to this machine; rejects when nobody listens. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1' });
  const startedMs = performance.now();
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => socket.once('connect', () => resolve()).once('error', reject));
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
