/**
 * Duty: what the controller itself would say about an Ingress that somebody wants to store. Must not know how the
 * question came, nor how the answer is written.
 */
import { compareProblems, describeObject, problemTable, type ObjectRef, type Problem } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import type { Resolver } from '@gatehouse/routing';
import { compareWithBefore } from './compare-with-before.ts';
import { snapshotAround } from './neighbours.ts';
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
  readonly snapshot: Snapshot;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Denies for what the change makes worse, as far as the table of problems says so; what was wrong before it only warns.
 * A change that takes a path from another Ingress is judged by what the other one loses.
 */
export function judgeIngress(resolver: Resolver, change: Change, circumstances: Circumstances): Verdict {
  const { candidate, before } = change;
  const { ingress } = candidate;
  if (ingress === undefined) return verdictOf({ added: candidate.problems, kept: [] });
  const forms = [ingress, ...(before?.ingress === undefined ? [] : [before.ingress])];
  const problemsWith = (form: Candidate | undefined): readonly Problem[] => {
    const around = snapshotAround(circumstances.snapshot, form?.ingress, forms);
    const { problems } = resolver.resolve(around, circumstances.nowMs);
    return [...(form?.problems ?? []), ...concerning(problems, ingress.ref)];
  };
  const after = problemsWith(candidate);
  if (after.length === 0) return { denials: [], warnings: [] };
  const comparison = compareWithBefore(after, problemsWith(before));
  return verdictOf(comparison);
}

/** The Ingress' own Problems, and those of others that it causes, told as its own. */
function concerning(problems: readonly Problem[], ref: ObjectRef): readonly Problem[] {
  return problems.flatMap((problem) => {
    if (isSameObject(problem.object, ref)) return [problem];
    return isSameObject(problem.related, ref) ? [causedBy(ref, problem)] : [];
  });
}

function causedBy(ref: ObjectRef, problem: Problem): Problem {
  const message = `${describeObject(problem.object)} has this already and would lose it: ${problem.message}`;
  return { code: problem.code, object: ref, field: '', message, related: problem.object };
}

function isSameObject(a: ObjectRef | undefined, b: ObjectRef): boolean {
  return a?.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

function verdictOf({ added, kept }: ReturnType<typeof compareWithBefore>): Verdict {
  const denials = added.filter((problem) => admissionOf(problem) === 'deny');
  const warnings = [
    ...added.filter((problem) => admissionOf(problem) === 'warn'),
    ...kept.filter((problem) => admissionOf(problem) !== 'silent'),
  ];
  return { denials: denials.toSorted(compareProblems), warnings: warnings.toSorted(compareProblems) };
}

function admissionOf({ code }: Problem): 'deny' | 'silent' | 'warn' {
  return problemTable[code].admission;
}
