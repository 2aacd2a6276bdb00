/**
 * Duty: servers and clients of plain TCP and UDP, for ports that are passed on.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer, type AddressInfo } from 'node:net';

const PROXY_LINE = /^PROXY [^\n]*\n/;

export interface PlainServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers a connection with its own name and the first bytes that came, and closes it. A line of the PROXY protocol is no
 * message yet: whoever is answered before it has sent its own loses the answer.
 */
export async function startTcpEcho(name: string): Promise<PlainServer> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    let came = '';
    socket.on('data', (data: Buffer) => {
      const isAnswered = came.replace(PROXY_LINE, '') !== '';
      came += data.toString('latin1');
      if (!isAnswered && came.replace(PROXY_LINE, '') !== '') socket.end(`${name} ${came}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Answers each datagram with its own name and what came. */
export async function startUdpEcho(name: string): Promise<PlainServer> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => socket.send(`${name} ${message.toString()}`, from.port, from.address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, close: () => new Promise((resolve) => socket.close(() => resolve())) };
}

/** What comes back for some bytes; an error's code when there is no connection. */
export function askTcp(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(5000, () => socket.destroy(new Error('ETIMEDOUT')));
    socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('close', () => resolve(answer));
  });
}

/** What comes back for one datagram; undefined when nothing does within a second. */
export function askUdp(port: number, text: string): Promise<string | undefined> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    const end = (answer: string | undefined): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => end(undefined), 1000);
    socket.on('error', () => end(undefined));
    socket.on('message', (message) => end(message.toString()));
    socket.connect(port, '127.0.0.1', () => socket.send(text));
  });
}
