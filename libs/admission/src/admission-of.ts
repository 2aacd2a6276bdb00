/**
 * Duty: the one place that says what the gate does with a Problem. Must not know how a Problem was found.
 */
import { problemTable, type Problem } from '@gatehouse/core';
import { isExempt, modeOf, ownershipModeOf, type OperatorPolicy } from '@gatehouse/routing';

/** `audit`: the object is admitted without a word to its author, and the operator is told. */
export type Admission = 'audit' | 'deny' | 'silent' | 'warn';

/**
 * What is done with an object for having this Problem and not having had it before: what the table says, unless the
 * policy has a mode for it or the object is exempt. What the table admits in silence is never told.
 */
export function admissionOf({ code, object }: Problem, policy?: OperatorPolicy): Admission {
  const { admission } = problemTable[code];
  if (policy === undefined || admission === 'silent') return admission;
  if (isExempt(policy, code, object)) return 'silent';
  const mode = code === 'HostNotOwnedYet' ? ownershipModeOf(policy, object) : modeOf(policy, code, object.namespace);
  switch (mode) {
    case 'enforce':
      return 'deny';
    case 'audit':
    case 'warn':
      return mode;
    case 'off':
    case undefined:
      return admission;
  }
}

const STERNNESS: readonly Admission[] = ['silent', 'audit', 'warn', 'deny'];

/**
 * What is done with an object for what another one, `related`, loses to it. The policy has to loosen the rule for both: an
 * object that need not keep a rule itself may not break it at the cost of others.
 */
export function admissionOfLoss(problem: Problem, policy?: OperatorPolicy): Admission {
  const ways = [problem.object, problem.related ?? problem.object].map((object) =>
    admissionOf({ ...problem, object }, policy),
  );
  return STERNNESS.findLast((one) => ways.includes(one)) ?? 'deny';
}
