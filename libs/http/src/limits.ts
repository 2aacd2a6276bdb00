/**
 * Duty: how much of a server one client, or all of them, may use. Every client is taken for hostile.
 */

export interface HttpLimits {
  /** A request's headers must be complete this long after its first byte (or after the connection was made). */
  readonly headersTimeoutMs: number;
  /** A whole request must have arrived in this time. */
  readonly requestTimeoutMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveTimeoutMs: number;
  /** How long a connection may stand still in the middle of an answer. */
  readonly stallTimeoutMs: number;
  /** More connections than this are closed at once. */
  readonly maxConnections: number;
  /** All header lines of a request together; more is answered 431. */
  readonly maxHeaderBytes: number;
  /** Header lines beyond this number are not read. */
  readonly maxHeaders: number;
}

/** For servers behind nginx or the API server, which keep connections open and send small requests. */
export const defaultHttpLimits: HttpLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 65_000,
  stallTimeoutMs: 15_000,
  maxConnections: 2_000,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
};
