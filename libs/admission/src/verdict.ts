/**
 * Duty: the ratchet. What is wrong with an object as it would be stored, held against what was wrong before, becomes a
 * verdict. Must not know how Problems are found.
 */
import { compareProblems, type Problem } from '@gatehouse/core';
import type { OperatorPolicy } from '@gatehouse/routing';
import { admissionOf, admissionOfLoss, type Admission } from './admission-of.ts';
import { compareWithBefore } from './compare-with-before.ts';

/** The object is admitted when nothing denies it. Both are sorted, and every Problem is the candidate's. */
export interface Verdict {
  readonly denials: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What the policy only wants to be written down; no word of it to the author. */
  readonly audited: readonly Problem[];
}

/** What is wrong when a form of the object, or none, is stored. */
export interface Outcome {
  readonly own: readonly Problem[];
  /** What others lose to it, told as its own. */
  readonly caused: readonly Problem[];
}

export const passes: Verdict = { denials: [], warnings: [], audited: [] };

export interface Ratchet {
  /** What was wrong before; only asked for when it matters. */
  readonly before: () => Outcome;
  /** Whether the change only takes away: then what remains is no reason, though what others lose is. */
  readonly addsNothing?: boolean;
  readonly policy: OperatorPolicy;
}

export function verdictOf(now: Outcome, { before, addsNothing = false, policy }: Ratchet): Verdict {
  const losses = new Set(now.caused);
  const isAdmission =
    (...wanted: readonly Admission[]) =>
    (problem: Problem): boolean =>
      wanted.includes(losses.has(problem) ? admissionOfLoss(problem, policy) : admissionOf(problem, policy));
  const isTold = isAdmission('audit', 'deny', 'warn');
  const own = now.own.filter(isTold);
  const caused = now.caused.filter(isTold);
  if (own.length + caused.length === 0) return passes;
  const then = before();
  const { added, kept } = compareWithBefore(own, then.own);
  const lost = compareWithBefore(caused, then.caused).added;
  const worse = addsNothing ? lost : [...added, ...lost];
  const denials = worse.filter(isAdmission('deny'));
  const told = [...added, ...lost, ...kept].filter(isAdmission('deny', 'warn'));
  const denied = new Set(denials);
  const warnings = told.filter((problem) => !denied.has(problem));
  const audited = [...added, ...lost].filter(isAdmission('audit'));
  return {
    denials: denials.toSorted(compareProblems),
    warnings: warnings.toSorted(compareProblems),
    audited: audited.toSorted(compareProblems),
  };
}
