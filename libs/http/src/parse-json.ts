/**
 * Duty: reading JSON that may be meant to hurt: too deep, not UTF-8, not JSON at all.
 */
import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/**
 * The bytes as JSON (RFC 8259, UTF-8 without a byte order mark). At most `maxDepth` arrays and objects may stand inside each
 * other. Throws a Refusal (400) when it is not JSON or too deep.
 */
export function parseJson(bytes: Uint8Array, maxDepth: number): unknown {
  if (isDeeperThan(bytes, maxDepth)) throw new Refusal(400, `the body nests deeper than ${maxDepth} levels`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

/** Throws a Refusal (415) when a request does not announce plain `application/json`. */
export function refuseOtherMedia(request: IncomingMessage): void {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') throw new Refusal(415, 'the body must be application/json');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Refusal(415, 'the body must not be compressed');
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
