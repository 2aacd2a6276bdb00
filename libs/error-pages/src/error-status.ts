/**
 * Duty: which status an answer has.
 */

/**
 * The status in the header X-Code, which the proxy sets. Everything else (none, several, below 400, above 599, not three
 * digits) is 404, so that nobody can make an error look like a success. The URL never has a say.
 */
export function parseErrorStatus(header: string | undefined): number {
  return header !== undefined && /^[45][0-9]{2}$/.test(header) ? Number(header) : 404;
}
