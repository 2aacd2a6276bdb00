/**
 * Duty: the one place that says what the gate does with a Problem. Must not know how a Problem was found.
 */
import { problemTable, type Problem, type ProblemCode } from '@gatehouse/core';

export type Admission = (typeof problemTable)[ProblemCode]['admission'];

/** What is done with an object for having this Problem and not having had it before. */
export function admissionOf({ code }: Problem): Admission {
  return problemTable[code].admission;
}
