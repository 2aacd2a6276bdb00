/**
 * Duty: the part of a snapshot that can have to do with an Ingress, so that judging one costs what its hosts cost.
 */
import type { Ingress, Snapshot } from '@gatehouse/kube-model';
import { coveringWildcard } from '@gatehouse/routing';

/**
 * The snapshot with `candidate` in place of whatever has its key, or without that when there is no candidate; and of the
 * others only those that share a host with one of `forms`, or have one that covers or is covered by it. All else is as
 * it was.
 */
export function snapshotAround(
  snapshot: Snapshot,
  candidate: Ingress | undefined,
  forms: readonly Ingress[],
): Snapshot {
  const hosts = new Set(forms.flatMap(hostsOf));
  const covering = new Set([...hosts].flatMap((host) => coveringWildcard(host) ?? []));
  const isNear = (host: string) => hosts.has(host) || covering.has(host) || hosts.has(coveringWildcard(host) ?? host);
  const keys = new Set(forms.map(({ key }) => key));
  const around = [...snapshot.ingresses].filter(([key, ingress]) => !keys.has(key) && hostsOf(ingress).some(isNear));
  const ingresses = new Map(around);
  if (candidate !== undefined) ingresses.set(candidate.key, candidate);
  return { ...snapshot, ingresses, problems: [] };
}

/** Every host that an Ingress can change; the empty name is the catch-all host. A host in spec.tls alone has no effect. */
function hostsOf({ rules, defaultBackend }: Ingress): readonly string[] {
  const hosts = rules.map(({ host }) => host);
  return defaultBackend === undefined ? hosts : [...hosts, ''];
}
