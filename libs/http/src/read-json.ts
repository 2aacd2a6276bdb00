/**
 * Duty: reading the JSON body of a request that may be meant to hurt: too large, too deep, too slow, not JSON at all.
 */
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

export interface JsonLimits {
  readonly maxBytes: number;
  /** How many arrays and objects may stand inside each other. */
  readonly maxDepth: number;
}

/**
 * The body of a request as JSON (RFC 8259, UTF-8). Bytes are counted as they come, and no more than `maxBytes` are ever
 * held. Throws a Refusal: 413 when it is too large, 415 when it is not `application/json` or is compressed, 400 when it
 * is not JSON, too deep, or ends early.
 */
export async function readJsonBody(request: IncomingMessage, limits: JsonLimits): Promise<unknown> {
  refuseOtherMedia(request);
  const bytes = await readBytes(request, limits.maxBytes);
  if (isDeeperThan(bytes, limits.maxDepth)) {
    throw new Refusal(400, `the body nests deeper than ${limits.maxDepth} levels`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function refuseOtherMedia(request: IncomingMessage): void {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') throw new Refusal(415, 'the body must be application/json');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Refusal(415, 'the body must not be compressed');
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = `the body is larger than ${maxBytes} bytes`;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw new Refusal(413, tooLarge);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.off('data', take).pause();
      reject(new Refusal(413, tooLarge));
    };
    const endEarly = (): void => reject(new Refusal(400, 'the body ended early'));
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    request.once('error', endEarly);
    request.once('close', endEarly);
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Counts brackets outside strings, in one pass and without recursion. */
function isDeeperThan(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENING.has(byte)) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (CLOSING.has(byte)) depth -= 1;
  }
  return false;
}
