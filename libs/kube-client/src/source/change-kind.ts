/**
 * Duty: what differs between two snapshots: the endpoints alone, or anything else.
 */
import type { Snapshot } from '@gatehouse/kube-model';
import type { ChangeKind } from '@gatehouse/pipeline';

/** A Map that holds the same as before is the same Map, so identities tell. */
export function changeKind(before: Snapshot, now: Snapshot): ChangeKind {
  const parts = Object.keys(now) as (keyof Snapshot)[];
  return parts.every((part) => part === 'endpointSlices' || before[part] === now[part]) ? 'endpoints' : 'structure';
}
