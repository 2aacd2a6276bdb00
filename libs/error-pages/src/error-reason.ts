/**
 * Duty: the reasons that our proxy gives for a status, in its header X-Gatehouse-Reason.
 */
const ERROR_REASONS = [
  'no-host',
  'no-path',
  'no-endpoints',
  'upstream-timeout',
  'upstream-unreachable',
  'too-large',
  'too-many-requests',
  'denied',
] as const;

export type ErrorReason = (typeof ERROR_REASONS)[number];

/** The reason that a header names; undefined for everything else. */
export function parseErrorReason(header: string | undefined): ErrorReason | undefined {
  return ERROR_REASONS.find((reason) => reason === header);
}
