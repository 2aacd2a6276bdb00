/**
 * Duty: what is wrong for everybody, as long as an nginx of this version runs.
 */
import type { ObjectRef, Problem } from '@gatehouse/core';
import type { NginxCapabilities } from './capabilities.ts';

/** Problems of the Pod that this nginx runs in. */
export function nginxProblems({ upstreamResolve, version }: NginxCapabilities, pod: ObjectRef): readonly Problem[] {
  if (upstreamResolve) return [];
  const message = `nginx ${version} is reloaded for each change of endpoints; from 1.27.3 on it needs no reload for them`;
  return [{ code: 'EndpointsNeedReloads', object: pod, field: '', message }];
}
