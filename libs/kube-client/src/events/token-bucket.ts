/**
 * Duty: limits in rate. Pure but for what a bucket holds; the time is passed in.
 */

export interface BucketShape {
  /** So many at once. */
  readonly burst: number;
  /** So often one more. */
  readonly refillMs: number;
}

/** Tokens that come back with time. */
export class TokenBucket {
  readonly #shape: BucketShape;
  #tokens: number;
  #atMs: number;

  constructor(shape: BucketShape, nowMs: number) {
    this.#shape = shape;
    this.#tokens = shape.burst;
    this.#atMs = nowMs;
  }

  /** Takes a token, if there is one. */
  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** How long until there is a token; 0 when there is one. */
  waitMs(nowMs: number): number {
    this.#refill(nowMs);
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) * this.#shape.refillMs);
  }

  #refill(nowMs: number): void {
    const { burst, refillMs } = this.#shape;
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#atMs) / refillMs);
    this.#atMs = nowMs;
  }
}
