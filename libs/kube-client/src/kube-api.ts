/**
 * Duty: what the rest of this library asks of an API server: one request, its answer whole or as a stream. Must not know
 * which kinds there are, nor how we prove who we are.
 */

export interface KubeRequest {
  readonly method?: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** From the root, as `/api/v1/namespaces/default/services`; parts that come from objects are encoded by the caller. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Of the body; `application/json` unless given. */
  readonly contentType?: string;
  /** Gives the request up. */
  readonly signal?: AbortSignal;
}

/** An API server. Whatever goes wrong is thrown as a KubeApiError. */
export interface KubeApi {
  /** The answer's JSON; unknown since the server may be of any version, or no API server at all. */
  send(request: KubeRequest): Promise<unknown>;
  /** The answer's bytes as they come. It throws, too, while it is read; leaving the loop ends the request. */
  stream(request: KubeRequest): Promise<AsyncIterable<Uint8Array>>;
  /** Closes all connections. */
  close(): Promise<void>;
}

export interface KubeApiErrorDetails {
  /** HTTP status; 0 when there was no answer, or none that can be read. */
  readonly status: number;
  /** The server's own word, such as Expired or AlreadyExists; empty when it gave none. */
  readonly reason?: string;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An answer that is an error, or none at all. */
export class KubeApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { status, reason = '', retryAfterMs, cause }: KubeApiErrorDetails) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'KubeApiError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}
