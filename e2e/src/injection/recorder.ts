/**
 * Duty: a backend that keeps what it is told and does what a client wants.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';

export interface Recorder {
  readonly port: number;
  received(): string;
  close(): void;
}

/** A backend that keeps every byte it gets and agrees to any upgrade. */
export async function startRecorder(): Promise<Recorder> {
  let received = '';
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      received += text;
      const answer = /^upgrade:/im.test(text)
        ? 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\ntunnel'
        : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';
      socket.end(answer);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return { port: (server.address() as AddressInfo).port, received: () => received, close: () => server.close() };
}
