/**
 * Duty: whether an Ingress should have been denied, by what the controller itself finds in the whole cluster before and
 * after; so nothing that the gate leaves out of its view may matter.
 */
import { admissionOf } from '@gatehouse/admission';
import type { ObjectRef, Problem } from '@gatehouse/core';
import { isSameObject, type Served, type Stored } from './cluster.ts';

/**
 * What is wrong with the Ingress, or with others because of it, that was not before, and that the gate denies for. How one
 * of another class is written is nobody's business here.
 */
export function worsened({ ref, now, before, after }: Stored): readonly Problem[] {
  const isForeign = now !== undefined && !after.resolution.served.some(({ key }) => key === now.key);
  const left = Map.groupBy(about(ref, before), sameness);
  return about(ref, after).filter((problem) => {
    if (left.get(sameness(problem))?.pop() !== undefined) return false;
    return admissionOf(problem) === 'deny' && !(isForeign && isSameObject(problem.object, ref));
  });
}

function about(ref: ObjectRef, { resolution }: Served): readonly Problem[] {
  return resolution.problems.filter(
    ({ object, related }) => isSameObject(object, ref) || (related !== undefined && isSameObject(related, ref)),
  );
}

/** Where something stands in a list may change. */
function sameness({ code, object, field, message, related }: Problem): string {
  return JSON.stringify([code, object, field.replace(/\[\d+\]/g, '[]'), message, related]);
}
