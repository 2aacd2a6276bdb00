/**
 * Duty: the ratchet. What is wrong with an object as it would be stored, held against what was wrong before, becomes a
 * verdict. Must not know how Problems are found.
 */
import { compareProblems, type Problem } from '@gatehouse/core';
import { admissionOf } from './admission-of.ts';
import { compareWithBefore } from './compare-with-before.ts';

/** The object is admitted when nothing denies it. Both are sorted, and every Problem is the candidate's. */
export interface Verdict {
  readonly denials: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** What is wrong when a form of the object, or none, is stored. */
export interface Outcome {
  readonly own: readonly Problem[];
  /** What others lose to it, told as its own. */
  readonly caused: readonly Problem[];
}

export const nothingWrong: Outcome = { own: [], caused: [] };
export const passes: Verdict = { denials: [], warnings: [] };

/** `before` is only asked for when it matters. */
export function verdictOf(now: Outcome, before: () => Outcome): Verdict {
  const own = now.own.filter(isTold);
  const caused = now.caused.filter(isTold);
  if (own.length + caused.length === 0) return passes;
  const then = before();
  const { added, kept } = compareWithBefore(own, then.own);
  const worse = [...added, ...compareWithBefore(caused, then.caused).added];
  const denials = worse.filter((problem) => admissionOf(problem) === 'deny');
  const warnings = [...worse.filter((problem) => admissionOf(problem) !== 'deny'), ...kept];
  return { denials: denials.toSorted(compareProblems), warnings: warnings.toSorted(compareProblems) };
}

function isTold(problem: Problem): boolean {
  return admissionOf(problem) !== 'silent';
}
