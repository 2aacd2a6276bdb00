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

export const passes: Verdict = { denials: [], warnings: [] };

export interface Ratchet {
  /** What was wrong before; only asked for when it matters. */
  readonly before: () => Outcome;
  /** Whether the change only takes away: then what remains is no reason, though what others lose is. */
  readonly addsNothing?: boolean;
}

export function verdictOf(now: Outcome, { before, addsNothing = false }: Ratchet): Verdict {
  const own = now.own.filter(isTold);
  const caused = now.caused.filter(isTold);
  if (own.length + caused.length === 0) return passes;
  const then = before();
  const { added, kept } = compareWithBefore(own, then.own);
  const lost = compareWithBefore(caused, then.caused).added;
  const worse = addsNothing ? lost : [...added, ...lost];
  const denials = worse.filter((problem) => admissionOf(problem) === 'deny');
  const warnings = [...added, ...lost, ...kept].filter((problem) => !denials.includes(problem));
  return { denials: denials.toSorted(compareProblems), warnings: warnings.toSorted(compareProblems) };
}

function isTold(problem: Problem): boolean {
  return admissionOf(problem) !== 'silent';
}
