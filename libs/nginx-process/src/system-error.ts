/**
 * Duty: telling the errors of the operating system apart.
 */

/** Whether it is the system error of this name, such as ENOENT (a file is missing) or ESRCH (a process is gone). */
export function isSystemError(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
