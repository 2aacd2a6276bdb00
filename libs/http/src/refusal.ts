/**
 * Duty: saying no to a request in a way that its sender may read.
 */

/** Thrown while a request is handled; `reason` is shown to the client, so it holds nothing of ours. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** HTTP status, 400 to 499. */
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}
