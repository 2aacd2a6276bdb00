/**
 * Duty: the number that a reader can tell an operator, who finds it in the logs.
 */
import { randomUUID } from 'node:crypto';

/** The request id that the proxy logged when it looks like one, else a fresh one. */
export function takeReferenceNumber(requestId: string | undefined): string {
  return requestId !== undefined && /^[A-Za-z0-9._:-]{1,128}$/.test(requestId) ? requestId : randomUUID();
}
