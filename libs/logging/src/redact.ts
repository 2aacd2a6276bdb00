/**
 * Duty: what of a value may be seen in a log. Fails towards hiding: bytes, Secrets, keys and passwords never pass.
 */

const HIDDEN = '[hidden]';
const SECRET_NAMES = /password|passwd|token|authorization|cookie|credential|private-?_?key|^pem$|keypem/i;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const DEEPEST = 6;
const LONGEST_TEXT = 4_000;
const MOST_ENTRIES = 100;

/** The names that a log line itself uses; data of the same name is written with a trailing underscore. */
const TAKEN_NAMES = ['level', 'message', 'time'];

/** Plain data, safe to print: Errors become name, message, stack and cause; long, deep and binary values are cut. */
export function redact(data: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const entries = Object.entries(data).map(([name, value]): [string, unknown] => [
    TAKEN_NAMES.includes(name) ? `${name}_` : name,
    redactNamed(name, value, DEEPEST),
  ]);
  return Object.fromEntries(entries);
}

function redactNamed(name: string, value: unknown, depth: number): unknown {
  return SECRET_NAMES.test(name) ? HIDDEN : redactValue(value, depth);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth === 0) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth - 1);
  if (value instanceof Map) return redactEntries(value.entries(), depth - 1);
  if (Array.isArray(value) || value instanceof Set) return redactItems(value, depth - 1);
  if (isSecret(value)) return HIDDEN;
  return redactEntries(Object.entries(value), depth - 1);
}

function redactText(text: string): string {
  if (PRIVATE_KEY.test(text)) return HIDDEN;
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redactText(error.message),
    ...('code' in error ? { code: redactValue(error.code, depth) } : {}),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth) }),
  };
}

function redactItems(items: Iterable<unknown>, depth: number): readonly unknown[] {
  return [...items].slice(0, MOST_ENTRIES).map((item) => redactValue(item, depth));
}

function redactEntries(entries: Iterable<[unknown, unknown]>, depth: number): Record<string, unknown> {
  const kept = [...entries].slice(0, MOST_ENTRIES).map(([key, value]): [string, unknown] => {
    const name = String(key);
    return [name, redactNamed(name, value, depth)];
  });
  return Object.fromEntries(kept);
}

/** A Kubernetes Secret, in our own form or as the API writes it. A bare reference has no content and may be named. */
function isSecret(value: object): boolean {
  return 'kind' in value && value.kind === 'Secret' && ('data' in value || 'stringData' in value);
}
