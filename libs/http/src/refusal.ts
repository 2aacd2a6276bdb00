/**
 * Duty: saying no to a request in a way that its sender may read.
 */

/** Thrown while a request is handled; `reason` is shown to the client, so it holds nothing of ours. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** Such as Allow or Retry-After. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, reason: string, headers: Readonly<Record<string, string>> = {}) {
    super(reason);
    this.status = status;
    this.headers = headers;
  }
}
