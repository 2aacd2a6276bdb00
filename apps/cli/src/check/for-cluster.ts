/**
 * Duty: which Problems of manifests only a cluster can settle.
 */
import { objectKey, type Problem } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';

/**
 * Whether a Service lacks endpoints only because the cluster makes them from its selector. When there are EndpointSlices
 * of it among the manifests, they come from a cluster, and what they lack is lacking.
 */
export function isForCluster({ code, object, related }: Problem, snapshot: Snapshot): boolean {
  if (code !== 'ServiceHasNoEndpoints') return false;
  const { namespace, name } = related ?? object;
  const key = objectKey(namespace, name);
  return snapshot.services.get(key)?.hasSelector === true && !snapshot.endpointSlices.has(key);
}
