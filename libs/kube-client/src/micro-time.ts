/**
 * Duty: times as Leases and Events have them.
 */

/** RFC 3339 with microseconds, which the API server requires there. */
export function microTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '000Z');
}
