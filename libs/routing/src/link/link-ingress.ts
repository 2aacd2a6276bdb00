/**
 * Duty: filling the Services, endpoints and Secrets into one checked Ingress. Must not look at other Ingresses.
 */
import type { RoutePolicy } from '@gatehouse/annotations';
import type { Snapshot } from '@gatehouse/kube-model';
import type { CheckedIngress, CheckedPath } from '../check/checked-ingress.ts';
import type { Backend, Route, Target } from '../model.ts';
import { coveringWildcard } from '../parse-host.ts';
import { linkBackend } from './link-backend.ts';
import { linkErrorBackend, linkFallback, routeNames } from './link-fallback.ts';
import { tlsLinker } from './link-tls.ts';
import type { HostContribution, LinkedIngress } from './linked-ingress.ts';
import { startLinking, type Linking } from './linking.ts';
import { slicesOf, type World } from './world.ts';

export function linkIngress(checked: CheckedIngress, world: World): LinkedIngress {
  const linking = startLinking(checked.ingress, world);
  const contributions = checked.hosts.length === 0 ? [] : linkHosts(linking, checked);
  const { services, secrets, fromMs, untilMs, problems } = linking;
  const uses = {
    services: [...services.values()],
    secrets: [...secrets.values()],
    fromMs,
    untilMs,
  };
  return { contributions, problems, uses };
}

/** Whether every certificate is as valid as it was when the link was made: none has begun or ended since, or before. */
export function isTimely({ uses }: LinkedIngress, nowMs: number): boolean {
  return nowMs >= uses.fromMs && nowMs < uses.untilMs;
}

/** Whether every object that was looked up is the same in `snapshot`, or is missing in it as well. */
export function namesSameObjects({ uses }: LinkedIngress, snapshot: Snapshot): boolean {
  for (const { key, service, slices } of uses.services) {
    if (snapshot.services.get(key) !== service || slicesOf(snapshot, key) !== slices) return false;
  }
  for (const { key, secret } of uses.secrets) if (snapshot.secrets.get(key) !== secret) return false;
  return true;
}

function linkHosts(linking: Linking, checked: CheckedIngress): readonly HostContribution[] {
  const { ingress, policy } = checked;
  const errorBackend = linkErrorBackend(linking, policy);
  const fallback = linkFallback(linking, checked, errorBackend);
  const linkTls = tlsLinker(linking);
  const isNew = newcomers();
  return checked.hosts.map((host): HostContribution => {
    const tls = linkTls(host);
    return {
      ingress,
      host: host.name,
      field: host.field,
      isFirstBelow: isNew(coveringWildcard(host.name)),
      routes: host.paths.map((path) => ({
        route: linkRoute(linking, path, { policy, errorBackend }),
        written: path.written,
      })),
      ...(fallback && { fallback }),
      ...(tls && { tls }),
      ...(policy.appRoot !== undefined && { appRoot: policy.appRoot }),
      ...(policy.delegatesHostsTo !== undefined && { delegatesTo: policy.delegatesHostsTo }),
    };
  });
}

/** Whether a name is seen for the first time; none always is. */
function newcomers(): (name: string | undefined) => boolean {
  const seen = new Set<string>();
  return (name) => {
    const isNew = name === undefined || !seen.has(name);
    if (name !== undefined) seen.add(name);
    return isNew;
  };
}

interface RouteContext {
  readonly policy: RoutePolicy;
  readonly errorBackend: Backend | undefined;
}

const unavailable: Target = Object.freeze({ kind: 'unavailable' });

function linkRoute(linking: Linking, path: CheckedPath, { policy, errorBackend }: RouteContext): Route {
  const backend = linkBackend(linking, path.backend, `${path.field}.backend`);
  return Object.freeze({
    origin: Object.freeze({ object: linking.ingress.ref, field: path.field }),
    match: path.match,
    path: path.path,
    target: backend === undefined ? unavailable : Object.freeze({ kind: 'backend', backend }),
    policy,
    names: routeNames(linking.ingress, path.backend),
    ...(errorBackend && { errorBackend }),
  });
}
