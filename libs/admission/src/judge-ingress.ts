/**
 * Duty: what the controller itself would say about an Ingress that somebody wants to store. Must not know how the
 * question came, nor how the answer is written.
 */
import { compareProblems, describeObject, type ObjectRef, type Problem } from '@gatehouse/core';
import type { Resolution, Resolver } from '@gatehouse/routing';
import type { AdmissionIndex } from './admission-index.ts';
import { admissionOf } from './admission-of.ts';
import { compareWithBefore } from './compare-with-before.ts';
import type { Candidate } from './read-candidate.ts';

/** The object is admitted when nothing denies it. Both are sorted, and every Problem is the candidate's. */
export interface Verdict {
  readonly denials: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export interface Change {
  readonly candidate: Candidate;
  /** The stored form that the candidate replaces; undefined when there is none. */
  readonly before?: Candidate;
}

/** The moment at which a change is judged. */
export interface Circumstances {
  readonly index: AdmissionIndex;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Denies for what the change makes worse, as far as the table of problems says so; what was wrong before it only warns.
 * A change that takes a path from another Ingress is judged by what the other one loses.
 */
export function judgeIngress(resolver: Resolver, change: Change, circumstances: Circumstances): Verdict {
  const { candidate, before } = change;
  const forms = [candidate.ingress, before?.ingress].filter((form) => form !== undefined);
  const around = circumstances.index.around(forms);
  const outcomeOf = (form: Candidate | undefined): Outcome =>
    outcome(candidate.ref, form, resolver.resolve(around.with(form?.ingress), circumstances.nowMs));
  const now = outcomeOf(candidate);
  if (now.own.length + now.caused.length === 0) return { denials: [], warnings: [] };
  const then = outcomeOf(before);
  const own = compareWithBefore(now.own, then.own);
  const added = [...own.added, ...compareWithBefore(now.caused, then.caused).added];
  const denials = added.filter((problem) => admissionOf(problem) === 'deny');
  const warnings = [...added.filter((problem) => !denials.includes(problem)), ...own.kept];
  return { denials: denials.toSorted(compareProblems), warnings: warnings.toSorted(compareProblems) };
}

/** What is wrong when a form of the Ingress, or none, is stored; without what admission never tells. */
interface Outcome {
  readonly own: readonly Problem[];
  /** What others lose to it, told as its own. */
  readonly caused: readonly Problem[];
}

function outcome(ref: ObjectRef, form: Candidate | undefined, { problems, served }: Resolution): Outcome {
  // How an Ingress of another class is written is none of our business.
  const isForeign = form?.ingress !== undefined && !served.includes(form.ingress);
  const read = isForeign ? [] : (form?.problems ?? []);
  const own = [...read, ...problems.filter(({ object }) => isSameObject(object, ref))];
  const caused = problems.filter(({ object, related }) => isSameObject(related, ref) && !isSameObject(object, ref));
  return { own: own.filter(isTold), caused: caused.filter(isTold).map((problem) => causedBy(ref, problem)) };
}

function isTold(problem: Problem): boolean {
  return admissionOf(problem) !== 'silent';
}

function causedBy(ref: ObjectRef, problem: Problem): Problem {
  const other = describeObject(problem.object);
  const message =
    problem.code === 'HostOverlap'
      ? `as ${other} would be told, ${problem.message}`
      : `${other} has this already and would lose it: ${problem.message}`;
  return { code: problem.code, object: ref, field: '', message, related: problem.object };
}

function isSameObject(a: ObjectRef | undefined, b: ObjectRef): boolean {
  return a?.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}
