/**
 * Duty: what is read of Pods: our own labels, and the other Pods of the same workload. Pure.
 */
import { at, fieldsOf, textAt } from '../json.ts';

/** What is read of a Pod. */
export interface PodFacts {
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
  /** It runs, and nobody asked for its end. */
  readonly isRunning: boolean;
  readonly isReady: boolean;
  readonly labels: ReadonlyMap<string, string>;
}

/** Labels that differ between Pods of one workload: they say which revision a Pod is of. */
const OF_ONE_REVISION: ReadonlySet<string> = new Set([
  'controller-revision-hash',
  'pod-template-generation',
  'pod-template-hash',
]);
/** Labels that name one Pod of a StatefulSet. */
const OF_ONE_POD: ReadonlySet<string> = new Set(['apps.kubernetes.io/pod-index', 'statefulset.kubernetes.io/pod-name']);

/** Reads a Pod; what it lacks counts as unsaid. */
export function parsePod(json: unknown): PodFacts {
  const labels = Object.entries(fieldsOf(at(json, 'metadata', 'labels')));
  const conditions = at(json, 'status', 'conditions');
  return {
    name: textAt(json, 'metadata', 'name'),
    uid: textAt(json, 'metadata', 'uid'),
    nodeName: textAt(json, 'spec', 'nodeName'),
    isRunning: textAt(json, 'status', 'phase') === 'Running' && at(json, 'metadata', 'deletionTimestamp') === undefined,
    isReady:
      Array.isArray(conditions) &&
      conditions.some((each) => textAt(each, 'type') === 'Ready' && textAt(each, 'status') === 'True'),
    labels: new Map(labels.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  };
}

/** The selector for all Pods of the same workload, as the API takes it; undefined when the labels do not tell any. */
export function planReplicaSelector({ labels }: PodFacts): string | undefined {
  const telling = [...labels].filter(([name]) => !OF_ONE_REVISION.has(name) && !OF_ONE_POD.has(name));
  return telling.length === 0 ? undefined : telling.map(([name, value]) => `${name}=${value}`).join(',');
}

/** How many Pods of the same workload run on when we end. */
export function countOtherReplicas(own: PodFacts, pods: readonly PodFacts[]): number {
  return pods.filter(({ name, isRunning }) => isRunning && name !== own.name).length;
}

/**
 * The nodes that requests can be sent to, each once: those of ready Pods, and our own whatever is said of us, since
 * otherwise a single replica that starts again would empty every status.
 */
export function planNodeNames(own: PodFacts, pods: readonly PodFacts[]): readonly string[] {
  const serving = pods.filter(({ isRunning, isReady }) => isRunning && isReady);
  return [...new Set([own, ...serving].map(({ nodeName }) => nodeName))].filter((name) => name !== '').sort();
}

export interface ShutdownFacts {
  /** --update-status-on-shutdown. */
  readonly isWanted: boolean;
  readonly isLeader: boolean;
  /** Undefined when they could not be counted. */
  readonly otherReplicas: number | undefined;
}

/** Whether our status is to be emptied as we end: nobody is left whom it could name. In doubt it stays. */
export function isStatusToBeCleared({ isWanted, isLeader, otherReplicas }: ShutdownFacts): boolean {
  return isWanted && isLeader && otherReplicas === 0;
}
