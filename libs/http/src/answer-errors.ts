/**
 * Duty: what a client sees of an error: a Refusal's own words, else nothing but a number that operators find in the log.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from '@gatehouse/pipeline';
import { Refusal } from './refusal.ts';

/** What a client may be told about an error that was thrown while its request was handled. */
export interface PublicError {
  readonly status: number;
  /** One sentence without a full stop. */
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Refusals are told as they are, express' own client errors by their status alone. Everything else is a bug or a fault:
 * it is logged whole under a fresh correlation id, beside what was asked for, and only that id is told.
 */
export function publicError(
  error: unknown,
  logger: Logger,
  asked: Readonly<Record<string, unknown>> = {},
): PublicError {
  if (error instanceof Refusal) return { status: error.status, reason: error.message, headers: error.headers };
  const status = clientErrorStatus(error);
  if (status !== undefined) return { status, reason: STATUS_CODES[status] ?? 'bad request', headers: {} };
  const correlationId = randomUUID();
  logger.error('request failed', { ...asked, correlationId, error });
  return { status: 500, reason: `internal error, look for ${correlationId} in the log`, headers: {} };
}

/** The last handler of an app: plain text, and the connection ends, because a body may not have been read. */
export function answerErrors(logger: Logger): ErrorRequestHandler {
  // eslint-disable-next-line max-params -- express knows a handler of errors by its four parameters
  return (error, _request, response, _next) => {
    const { status, reason, headers } = publicError(error, logger);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response
      .status(status)
      .set({ ...headers, Connection: 'close' })
      .type('text/plain')
      .send(`${reason}\n`);
  };
}

/** The status that express and its router put on errors that the client caused, such as a malformed URL. */
function clientErrorStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status <= 499 ? status : undefined;
}
