/**
 * Duty: bringing a literal path into the form that requests are compared in, and refusing what no request can ever
 * have. Regular expressions are not its business. Must not know objects.
 */
import { err, ok, type Result } from '@gatehouse/core';

/** Quotes and backslashes count twice, since they are longer where they are escaped. */
const LONGEST_PATH_BYTES = 2048;
/** Any path may have to be written as a regular expression that matches only it, and nginx takes no more than this. */
const LONGEST_EXPRESSION_BYTES = 3900;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const toBytes = new TextEncoder();

/**
 * Decodes `%XX` once, as nginx does before it looks for a location, and checks that the result is a path that nginx
 * can arrive at: it merges slashes and resolves `.` and `..` before. A `%` that begins no escape stays as it is. An
 * empty path is `/`. The error completes "the path …".
 */
export function parsePath(text: string): Result<string> {
  if (text === '') return ok('/');
  const size = sizeFault(text);
  if (size !== undefined) return err(size);
  if (!text.startsWith('/')) return err('does not begin with a slash');
  if (!text.isWellFormed()) return err('is not valid Unicode');
  const decoded = text.includes('%') ? decode(text) : ok(text);
  if (!decoded.ok) return decoded;
  const fault = controlFault(decoded.value) ?? segmentFault(decoded.value) ?? expressionFault(decoded.value);
  return fault === undefined ? decoded : err(fault);
}

/** The form that a Prefix path is compared in: without the slash at the end, since matching is by whole elements. */
export function prefixPath(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function sizeFault(text: string): string | undefined {
  const tooLong = `is longer than ${LONGEST_PATH_BYTES} bytes`;
  if (text.length > LONGEST_PATH_BYTES) return tooLong;
  const escapes = text.match(/["\\]/g)?.length ?? 0;
  return Buffer.byteLength(text) + escapes > LONGEST_PATH_BYTES ? tooLong : undefined;
}

/** What is special in an expression needs a backslash before it, and each backslash another one within quotes. */
function expressionFault(path: string): string | undefined {
  const bytes = Buffer.byteLength(path);
  if (bytes * 4 <= LONGEST_EXPRESSION_BYTES) return undefined;
  const special = path.match(/[\\^$.*+?()[\]{}|#\s]/g)?.length ?? 0;
  const doubled = path.match(/["\\]/g)?.length ?? 0;
  return bytes + 2 * special + doubled > LONGEST_EXPRESSION_BYTES
    ? 'has too many characters that are escaped when it is written as an expression'
    : undefined;
}

/** Why the text can be part of no path: line breaks, NUL and the like, those beyond ASCII (U+0080 to U+009F) among them. */
export function controlFault(text: string): string | undefined {
  return /\p{Cc}/u.test(text) ? 'has control characters' : undefined;
}

function decode(text: string): Result<string> {
  if (/%2f/i.test(text)) return err('has an encoded slash (%2F), which nginx decodes before it compares paths');
  const bytes = toBytes.encode(text);
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const value = bytes[at] === PERCENT ? escapedByte(bytes, at) : undefined;
    if (value !== undefined) at += 2;
    decoded[length++] = value ?? bytes[at] ?? 0;
  }
  try {
    return ok(utf8.decode(decoded.subarray(0, length)));
  } catch {
    return err('has escapes (%XX) that are not UTF-8');
  }
}

const PERCENT = 0x25;

function escapedByte(bytes: Uint8Array, at: number): number | undefined {
  const [high, low] = [hexDigit(bytes[at + 1]), hexDigit(bytes[at + 2])];
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  const digit = parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? undefined : digit;
}

function segmentFault(path: string): string | undefined {
  if (path.includes('//')) return 'has an empty element (`//`), and slashes are merged before paths are compared';
  const hasDots = path.split('/').some((segment) => segment === '.' || segment === '..');
  return hasDots ? 'has a `.` or `..` element, and these are resolved before paths are compared' : undefined;
}
