/**
 * Duty: why a proxy gives an error by itself, in the words of the header X-Gatehouse-Reason. The proxy writes them, the
 * makers of error pages read them.
 */
export const errorReasons = [
  /** Nobody has a rule for the host. */
  'no-host',
  /** The host has rules, and none for the path. */
  'no-path',
  /** The Service does not exist, or none of its Pods is ready. */
  'no-endpoints',
  /** The application did not answer in time. */
  'upstream-timeout',
  /** The application could not be reached, or broke off before it had answered. */
  'upstream-unreachable',
  /** The body of the request is larger than may be. */
  'too-large',
  /** The client asks too often. */
  'too-many-requests',
  /** The client's network may not ask. */
  'denied',
] as const;

export type ErrorReason = (typeof errorReasons)[number];
