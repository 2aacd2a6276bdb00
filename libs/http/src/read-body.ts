/**
 * Duty: reading the body of a request that may be meant to hurt: too large, too slow, or ending early. Must not know what
 * the bytes mean.
 */
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** Its abortion ends the reading, with its reason. */
  readonly signal?: AbortSignal;
  /** Larger bodies need leave. */
  readonly large?: {
    /** A body that has grown beyond this many bytes is large, whatever length was announced. */
    readonly beyondBytes: number;
    /** Asked once; nothing more is read until it resolves, and nothing at all when it rejects. */
    readonly leave: () => Promise<void>;
  };
}

/**
 * The body of a request. Bytes are counted as they come, and no more than `maxBytes` are ever held. Throws a Refusal: 413
 * when it is too large, 400 when it ends early; or what `signal` and `leave` reject with.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const { maxBytes, signal } = limits;
  const tooLarge = `the body is larger than ${maxBytes} bytes`;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new Refusal(413, tooLarge);
  signal?.throwIfAborted();
  let stop = (): void => undefined;
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      const endEarly = (): void => reject(new Refusal(400, 'the body ended early'));
      request.once('error', endEarly);
      request.once('close', endEarly);
      const giveUp = (): void => reject(signal?.reason as Error);
      signal?.addEventListener('abort', giveUp);
      const forget = gather(request, limits, { resolve, reject, tooLarge });
      stop = () => {
        // The option `signal` of listeners would do this as well, but by a weak reference for each request: what that leads
        // to, the body with it, outlives every minor collection, and the major ones become frequent.
        signal?.removeEventListener('abort', giveUp);
        forget();
      };
    });
  } finally {
    stop();
    if (!request.complete) request.pause();
  }
}

interface Gathering {
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  readonly tooLarge: string;
}

/** Its answer ends the gathering, when the body is not wanted any more. */
function gather(request: IncomingMessage, { maxBytes, large }: BodyLimits, gathering: Gathering): () => void {
  const { resolve, reject } = gathering;
  const chunks: Buffer[] = [];
  let size = 0;
  let needsLeave = large !== undefined;
  let isOver = false;
  const take = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > maxBytes) {
      reject(new Refusal(413, gathering.tooLarge));
      return;
    }
    chunks.push(chunk);
    if (large === undefined || !needsLeave || size <= large.beyondBytes) return;
    needsLeave = false;
    request.pause();
    large.leave().then(() => {
      if (!isOver) request.resume();
    }, reject);
  };
  request.on('data', take);
  request.once('end', () => resolve(Buffer.concat(chunks, size)));
  return () => {
    isOver = true;
    request.off('data', take);
    chunks.length = 0;
  };
}
