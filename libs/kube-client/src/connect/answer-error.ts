/**
 * Duty: from what a server answered, or from the failure to reach it, to a KubeApiError that says in one line what was
 * asked and what came of it. The server's words are text of a stranger: they are cut and cleaned.
 */
import { KubeApiError } from '../kube-api.ts';

/** What is read of an answer that is an error. */
export interface ErrorAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const MAX_WORDS = 500;
/** However long a server asks to wait, it is asked again after this. */
const LONGEST_WAIT_MS = 300_000;

/** The error that an answer tells of; `text` is its body, in the usual case a Status object. */
export function errorOfAnswer(asked: string, { statusCode, headers }: ErrorAnswer, text: string): KubeApiError {
  const status = readStatus(text);
  const words = status.message === '' ? '' : `: ${status.message}`;
  const retryAfterMs = status.retryAfterMs ?? readRetryAfter(headers['retry-after']);
  return new KubeApiError(`${asked} was answered ${statusCode}${words}`, {
    status: statusCode,
    reason: status.reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The error for a request that got no answer, or lost it half-way. */
export function errorOfConnection(asked: string, error: unknown): KubeApiError {
  if (error instanceof KubeApiError) return error;
  const causes: string[] = [];
  for (let at: unknown = error; at instanceof Error && causes.length < 4; at = at.cause) causes.push(wordsOf(at));
  const why = causes.length === 0 ? '' : `: ${causes.filter((text) => text !== '').join(': ')}`;
  return new KubeApiError(`${asked} failed${why}`, { status: 0, cause: error });
}

interface Status {
  readonly message: string;
  readonly reason: string;
  readonly retryAfterMs?: number;
}

function readStatus(text: string): Status {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { message: clean(text), reason: '' };
  }
  return statusOf(json);
}

/** What a Status object says, as it is an answer's body or the object of an ERROR event. */
export function statusOf(json: unknown): Status {
  const field = (of: unknown, name: string): unknown =>
    typeof of === 'object' && of !== null && Object.hasOwn(of, name)
      ? (of as Record<string, unknown>)[name]
      : undefined;
  const text = (value: unknown): string => (typeof value === 'string' ? clean(value) : '');
  const seconds = field(field(json, 'details'), 'retryAfterSeconds');
  return {
    message: text(field(json, 'message')),
    reason: text(field(json, 'reason')),
    ...(typeof seconds === 'number' && seconds > 0 ? { retryAfterMs: waitMs(seconds) } : {}),
  };
}

function readRetryAfter(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  return text !== undefined && /^\d{1,9}$/.test(text) ? waitMs(Number(text)) : undefined;
}

function waitMs(seconds: number): number {
  return Math.min(seconds * 1000, LONGEST_WAIT_MS);
}

/** An error that stands for several (each address that was tried) often has no words of its own. */
function wordsOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((one) => clean(String(one))).join(', ');
  return clean(error.message);
}

function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- it is what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS)}…` : line;
}
