/**
 * Duty: reading the header X-Gatehouse-Reason, in which our proxy says why it gave a status.
 */
import { errorReasons, type ErrorReason } from '@gatehouse/core';

export type { ErrorReason } from '@gatehouse/core';

/** The reason that a header names; undefined for everything else. */
export function parseErrorReason(header: string | undefined): ErrorReason | undefined {
  return errorReasons.find((reason) => reason === header);
}
