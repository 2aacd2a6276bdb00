/**
 * Duty: has every request answered from its headers alone: CONNECT as well, whatever it expects, and without waiting for a
 * body, which is thrown away up to a limit. Must not know what is answered.
 */
import { ServerResponse, type IncomingMessage, type RequestListener, type Server } from 'node:http';

/** Most of what a proxy still sends when it learns that nobody wants it, so that its connection can be used again. */
const MOST_DISCARDED_BYTES = 4 * 2 ** 20;

export interface HeaderAnswerOptions {
  /** Answers at once, and does not touch the body. */
  readonly answer: RequestListener;
  /** A request is cut off by Node when it takes longer than this; so ours has to end before. */
  readonly requestTimeoutMs: number;
}

/** A listener for requests; all others that the server needs are added to it by `listenBeside`. */
export function answerFromHeaders({ answer, requestTimeoutMs }: HeaderAnswerOptions): RequestListener {
  return (request, response) => {
    answer(request, response);
    if (hasBody(request)) discardBody(request, requestTimeoutMs);
  };
}

/** What Node would answer by itself, or not at all. */
export function listenBeside(server: Server, listener: RequestListener, stallTimeoutMs: number): void {
  // Nobody is asked to go on with a body. Whether it comes all the same is not to be known, so nothing can follow it.
  const answerAndClose: RequestListener = (request, response) => {
    response.setHeader('Connection', 'close');
    listener(request, response);
  };
  server.on('checkContinue', answerAndClose);
  server.on('checkExpectation', answerAndClose);
  server.on('connect', (request) => {
    const { socket } = request;
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    socket.setTimeout(stallTimeoutMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    response.once('finish', () => socket.destroySoon());
    listener(request, response);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * Reads on until the body has ended, so that the connection can be used again. A body that is too large or too slow has its
 * connection closed in an orderly way: the end is sent after the answer, then what still comes is thrown away for a while,
 * because closing at once would reset the connection, and the answer could be lost with it.
 */
function discardBody(request: IncomingMessage, requestTimeoutMs: number): void {
  const { socket } = request;
  let leftBytes = MOST_DISCARDED_BYTES;
  let lingering: NodeJS.Timeout | undefined;
  const close = (): void => {
    if (lingering !== undefined) return;
    socket.end();
    lingering = setTimeout(() => socket.destroy(), requestTimeoutMs / 4).unref();
  };
  const patience = setTimeout(close, requestTimeoutMs / 2);
  request.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) close();
  });
  request.once('close', () => clearTimeout(patience));
}
