/**
 * Duty: which Events follow from one round after another. Pure. Must not know where Events go, nor how repeated ones
 * are counted.
 */
import { compareObjectRefs, compareProblems, describeObject, type ObjectKey, type Problem } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import type { EventRecord } from './ports.ts';

/** What Events tell about. */
export interface Told {
  /** The Ingresses that are ours, as their authors wrote them, those in quarantine included. */
  readonly ingresses: readonly Ingress[];
  readonly problems: readonly Problem[];
}

export const nothingTold: Told = { ingresses: [], problems: [] };

/**
 * CREATE, UPDATE and DELETE for Ingresses that are newly ours, changed or no longer ours; Sync for the first two; a
 * Warning for each Problem that was not there before. In order of the objects, Warnings last.
 */
export function planEvents(previous: Told, next: Told): readonly EventRecord[] {
  const before = byKey(previous.ingresses);
  const after = byKey(next.ingresses);
  const all = [...new Map([...before, ...after]).values()].sort((a, b) => compareObjectRefs(a.ref, b.ref));
  return [
    ...all.flatMap((ingress) => planIngressEvents(ingress, before.get(ingress.key), after.get(ingress.key))),
    ...planWarnings(previous.problems, next.problems),
  ];
}

function planIngressEvents(
  ingress: Ingress,
  before: Ingress | undefined,
  after: Ingress | undefined,
): readonly EventRecord[] {
  const object = ingress.ref;
  const record = (reason: string, message: string): EventRecord => ({ type: 'Normal', reason, message, object });
  if (after === undefined) return [record('DELETE', describeObject(object))];
  if (before !== undefined && !isChanged(before, after)) return [];
  return [
    record(before === undefined ? 'CREATE' : 'UPDATE', describeObject(object)),
    record('Sync', 'Scheduled for sync'),
  ];
}

function planWarnings(previous: readonly Problem[], next: readonly Problem[]): readonly EventRecord[] {
  const known = new Set(previous.map(problemIdentity));
  const fresh = new Map(next.map((problem) => [problemIdentity(problem), problem]));
  return [...fresh]
    .filter(([identity]) => !known.has(identity))
    .map(([, problem]) => problem)
    .sort(compareProblems)
    .map((problem) => ({
      type: 'Warning',
      reason: problem.code,
      message: problem.field === '' ? problem.message : `${problem.field}: ${problem.message}`,
      object: problem.object,
      problem,
    }));
}

function problemIdentity({ code, object, field, message }: Problem): string {
  return JSON.stringify([code, object.kind, object.namespace, object.name, field, message]);
}

function byKey(ingresses: readonly Ingress[]): Map<ObjectKey, Ingress> {
  return new Map(ingresses.map((ingress) => [ingress.key, ingress]));
}

/** Whether its author changed it. What the status says is our own writing, and is no change. */
function isChanged(before: Ingress, after: Ingress): boolean {
  return before !== after && authoredText(before) !== authoredText(after);
}

function authoredText(ingress: Ingress): string {
  return JSON.stringify({
    ...ingress,
    resourceVersion: '',
    statusAddresses: [],
    annotations: [...ingress.annotations].sort(),
  });
}
