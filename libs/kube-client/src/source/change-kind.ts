/**
 * Duty: what differs between two snapshots: what can wait, as the endpoints can, or anything else.
 */
import { changedKeys, hasSameContent, type EndpointSlice, type Snapshot } from '@gatehouse/kube-model';
import type { ChangeKind } from '@gatehouse/pipeline';

/** A Map that holds the same as before is the same Map, and so is an object in it; so identities tell most. */
export function changeKind(before: Snapshot, now: Snapshot): ChangeKind {
  const parts = Object.keys(now) as (keyof Snapshot)[];
  const canWait = (part: keyof Snapshot): boolean =>
    part === 'endpointSlices' ? !hasFirstEndpoint(before, now) : servesAlike(before[part], now[part]);
  return parts.every(canWait) ? 'endpoints' : 'structure';
}

/** Whether some Service had nobody to answer for it, and now has: its requests are refused until that is known. */
function hasFirstEndpoint({ endpointSlices: before }: Snapshot, { endpointSlices: now }: Snapshot): boolean {
  return [...changedKeys(before, now)].some((service) => {
    return (now.get(service) ?? []).some(hasReady) && !(before.get(service) ?? []).some(hasReady);
  });
}

function hasReady({ endpoints }: EndpointSlice): boolean {
  return endpoints.some(({ ready = true, terminating = false }) => ready && !terminating);
}

/** Whether no request can tell the two apart. Each status that we write comes back as a new version of its Ingress. */
function servesAlike(before: Snapshot[keyof Snapshot], now: Snapshot[keyof Snapshot]): boolean {
  if (before === now) return true;
  if (!(before instanceof Map && now instanceof Map) || before.size !== now.size) return false;
  for (const [key, object] of now as ReadonlyMap<unknown, object>) {
    const earlier = (before as ReadonlyMap<unknown, object>).get(key);
    if (earlier === object) continue;
    if (earlier === undefined || !hasSameContent(whatServes(earlier), whatServes(object))) return false;
  }
  return true;
}

function whatServes(object: object): object {
  return { ...object, resourceVersion: '', statusAddresses: [] };
}
