/**
 * Duty: DNS over TCP (RFC 7766): messages with their length before them. Must not know what they mean.
 */
import { createServer, type Socket } from 'node:net';

const MOST_CONNECTIONS = 64;
const IDLE_MS = 10_000;
/** As long as a question may be. */
const LONGEST_MESSAGE = 512;
const LENGTH_BYTES = 2;

/** Calls `answer` with each message, and writes what it gives back; a connection that has no answer is cut. */
export function listenTcp(
  at: { readonly host: string; readonly port: number },
  answer: (message: Buffer) => Buffer | undefined,
): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    serve(socket, answer);
  });
  server.maxConnections = MOST_CONNECTIONS;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...at, exclusive: true }, () => resolve(close));
  });
}

function serve(socket: Socket, answer: (message: Buffer) => Buffer | undefined): void {
  let received = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    while (received.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + received.readUInt16BE(0);
      if (end <= LENGTH_BYTES + LONGEST_MESSAGE && received.length < end) return;
      const answered = end > LENGTH_BYTES + LONGEST_MESSAGE ? undefined : answer(received.subarray(LENGTH_BYTES, end));
      received = received.subarray(end);
      if (answered === undefined || !write(socket, answered)) {
        socket.destroy();
        return;
      }
    }
  });
}

/** Whether it may go on: who asks and does not read is not written to without end. */
function write(socket: Socket, message: Buffer): boolean {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(message.length);
  return socket.write(Buffer.concat([length, message])) || socket.writableLength <= MOST_UNREAD;
}

const MOST_UNREAD = 1024 * 1024;
