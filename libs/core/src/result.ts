/**
 * Duty: the one way a function says "this did not work, and here is why" without throwing.
 * Users' data can always be wrong, so whatever reads it returns a Result; throwing is for faults and bugs.
 */

/** Either a value or the reason why there is none. */
export type Result<T, E = string> = Ok<T> | Err<E>;

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

/** A Result that carries `value`. */
export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** A Result that carries the reason `error`. */
export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}
