/**
 * Duty: the backends of one Ingress that stand in for others: spec.defaultBackend and the annotation default-backend.
 */
import type { RoutePolicy } from '@gatehouse/annotations';
import { objectKey, quoteFound } from '@gatehouse/core';
import type { Ingress, IngressBackend } from '@gatehouse/kube-model';
import type { CheckedIngress } from '../check/checked-ingress.ts';
import { annotationField } from '../ingress-fields.ts';
import type { Backend, Fallback, RouteNames } from '../model.ts';
import type { Compatibility } from '../options.ts';
import { linkBackend, reportFailedLink } from './link-backend.ts';
import { describePort, missingBackend } from './link-service-port.ts';
import { report, useService, type Linking } from './linking.ts';

/** spec.defaultBackend. One that names no Service is dropped; one whose Service is missing answers 503. */
export function linkFallback(
  linking: Linking,
  checked: CheckedIngress,
  errorBackend: Backend | undefined,
): Fallback | undefined {
  if (checked.defaultBackend === undefined) return undefined;
  const { field, backend } = checked.defaultBackend;
  const linked = linkBackend(linking, backend, field);
  if (backend.kind !== 'service') return undefined;
  const { ref } = linking.ingress;
  return Object.freeze({
    backend: linked ?? missingBackend(ref.namespace, backend.name, backend.port),
    origin: Object.freeze({ object: ref, field }),
    policy: fallbackPolicy(checked.policy, linking.world.options.compatibility),
    names: routeNames(linking.ingress, backend),
    ...(errorBackend && { errorBackend }),
  });
}

/** What answers errors: the annotation's Service when it can answer; undefined leaves it to the global default backend. */
export function linkErrorBackend(linking: Linking, { errorBackendService: name }: RoutePolicy): Backend | undefined {
  if (name === undefined) return undefined;
  const { ingress, world } = linking;
  const field = annotationField(world.options.annotationsPrefix, 'default-backend');
  const service = useService(linking, objectKey(ingress.ref.namespace, name));
  if (service === undefined) {
    const message = `no Service ${quoteFound(name)} exists in namespace ${ingress.ref.namespace}`;
    report(linking, { code: 'ServiceMissing', field, message });
    return undefined;
  }
  const link = world.servicePort(service, { kind: 'first' });
  if (link.kind !== 'linked') {
    reportFailedLink(linking, link, { field, related: service.ref });
    return undefined;
  }
  linking.problems.push(...link.problems);
  return link.backend.endpoints.length > 0 ? link.backend : undefined;
}

/** The names that variables of a route have; empty where the backend is no Service. */
export function routeNames({ ref }: Ingress, backend: IngressBackend): RouteNames {
  const isService = backend.kind === 'service';
  return Object.freeze({
    namespace: ref.namespace,
    ingress: ref.name,
    service: isService ? backend.name : '',
    servicePort: isService ? describePort(backend.port) : '',
  });
}

/** ingress-nginx leaves redirects and rewrites out where a default backend answers. */
function fallbackPolicy(policy: RoutePolicy, compatibility: Compatibility): RoutePolicy {
  const { redirect, rewriteTarget, ...rest } = policy;
  const isBare = redirect === undefined && rewriteTarget === undefined;
  return isBare || compatibility === 'kubernetes' ? policy : Object.freeze(rest);
}
