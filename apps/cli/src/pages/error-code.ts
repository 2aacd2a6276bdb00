/**
 * Duty: telling what goes wrong with files and sockets apart.
 */

/** Node's code of the error, such as ENOENT; undefined when it has none. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
