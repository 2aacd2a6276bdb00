/**
 * Duty: the port of what judges one kind of object.
 */
import type { OperatorPolicy } from '@gatehouse/routing';
import type { AdmissionIndex } from './admission-index.ts';
import type { Change, Reviewed } from './read-candidate.ts';
import type { Verdict } from './verdict.ts';

/** The moment at which a change is judged. */
export interface Circumstances {
  readonly index: AdmissionIndex;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** With what the operator says about rules, now. */
export interface JudgedCircumstances extends Circumstances {
  readonly policy: OperatorPolicy;
}

/** Denies for what the change makes worse, as far as `admissionOf` says so; what was wrong before it only warns. */
export type Judge<T extends Reviewed> = (change: Change<T>, circumstances: JudgedCircumstances) => Verdict;
