/**
 * Duty: which Events follow from one round after another. Pure. Must not know where Events go, nor how repeated ones
 * are counted.
 */
import {
  compareObjectRefs,
  compareProblems,
  describeObject,
  objectKey,
  type ObjectKey,
  type ObjectRef,
  type Problem,
} from '@gatehouse/core';
import type { Ingress, Snapshot } from '@gatehouse/kube-model';
import type { EventRecord } from './ports.ts';

/** What Events tell about. */
export interface Told {
  /** The Ingresses that are ours, as their authors wrote them, those in quarantine included. */
  readonly ingresses: readonly Ingress[];
  readonly problems: readonly Problem[];
  /** The objects that they are about. */
  readonly snapshot: Snapshot;
}

export const nothingTold: Told = {
  ingresses: [],
  problems: [],
  snapshot: {
    ingresses: new Map(),
    ingressClasses: new Map(),
    services: new Map(),
    endpointSlices: new Map(),
    secrets: new Map(),
    configMaps: new Map(),
    namespaces: new Map(),
    problems: [],
  },
};

/**
 * CREATE, UPDATE and DELETE for Ingresses that are newly ours, changed or no longer ours; Sync for the first two; a
 * Warning for each Problem that was not there before. In order of the objects, Warnings last.
 */
export function planEvents(previous: Told, next: Told): readonly EventRecord[] {
  const others = differing(previous.ingresses, next.ingresses);
  const [before, after] = [byKey(others.before), byKey(others.after)];
  const all = [...new Map([...before, ...after]).values()].sort((a, b) => compareObjectRefs(a.ref, b.ref));
  return [
    ...all.flatMap((ingress) => planIngressEvents(ingress, before.get(ingress.key), after.get(ingress.key))),
    ...planWarnings(previous.problems, next),
  ];
}

/** What is told of our own Pod when nginx has taken a configuration, or refused it. */
export function planReloadEvent(pod: ObjectRef, refusal: string | undefined): EventRecord {
  const event = { reason: 'RELOAD', object: pod };
  if (refusal === undefined) {
    return { ...event, type: 'Normal', message: 'NGINX reload triggered due to a change in configuration' };
  }
  return { ...event, type: 'Warning', message: `nginx refused the configuration: ${refusal}` };
}

/** Both lists without the Ingresses with which they begin alike, and end alike: all but a few, as a rule. */
function differing(
  before: readonly Ingress[],
  after: readonly Ingress[],
): Record<'after' | 'before', readonly Ingress[]> {
  const shorter = Math.min(before.length, after.length);
  let [first, last] = [0, 0];
  while (first < shorter && before[first] === after[first]) first += 1;
  while (last < shorter - first && before.at(-1 - last) === after.at(-1 - last)) last += 1;
  return { before: before.slice(first, before.length - last), after: after.slice(first, after.length - last) };
}

function planIngressEvents(
  ingress: Ingress,
  before: Ingress | undefined,
  after: Ingress | undefined,
): readonly EventRecord[] {
  const object = ingress.ref;
  const about = { object, ...withUid(ingress.uid) };
  const record = (reason: string, message: string): EventRecord => ({ type: 'Normal', reason, message, ...about });
  if (after === undefined) return [record('DELETE', describeObject(object))];
  if (before !== undefined && !isChanged(before, after)) return [];
  return [
    record(before === undefined ? 'CREATE' : 'UPDATE', describeObject(object)),
    record('Sync', 'Scheduled for sync'),
  ];
}

function planWarnings(previous: readonly Problem[], next: Told): readonly EventRecord[] {
  const known = new Set(previous.map(problemIdentity));
  const fresh = new Map(next.problems.map((problem) => [problemIdentity(problem), problem]));
  return [...fresh]
    .filter(([identity]) => !known.has(identity))
    .map(([, problem]) => problem)
    .sort(compareProblems)
    .map((problem) => ({
      type: 'Warning',
      reason: problem.code,
      message: problem.field === '' ? problem.message : `${problem.field}: ${problem.message}`,
      object: problem.object,
      ...withUid(findUid(next.snapshot, problem.object)),
      problem,
    }));
}

function withUid(uid: string): { readonly uid?: string } {
  return uid === '' ? {} : { uid };
}

/** Empty when the object is not in the snapshot. */
function findUid(snapshot: Snapshot, { kind, namespace, name }: ObjectRef): string {
  const key = objectKey(namespace, name);
  switch (kind) {
    case 'ConfigMap':
      return snapshot.configMaps.get(key)?.uid ?? '';
    case 'Ingress':
      return snapshot.ingresses.get(key)?.uid ?? '';
    case 'IngressClass':
      return snapshot.ingressClasses.get(key)?.uid ?? '';
    case 'Namespace':
      return snapshot.namespaces.get(key)?.uid ?? '';
    case 'Secret':
      return snapshot.secrets.get(key)?.uid ?? '';
    case 'Service':
      return snapshot.services.get(key)?.uid ?? '';
    case 'EndpointSlice':
    case 'Endpoints':
    case 'Pod':
      return '';
  }
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
