/**
 * Duty: what resolve makes of a few objects, in a form that is quickly read and compared.
 */
import type { AnyObject } from '@gatehouse/kube-model';
import {
  createResolver,
  defaultRoutingOptions,
  type HostModel,
  type Model,
  type Resolution,
  type RoutingOptions,
} from '@gatehouse/routing';
import { snapshotOf } from './objects.ts';

export interface ResolvedObjects {
  readonly model: Model;
  readonly resolution: Resolution;
  /** Keys of the Ingresses that are ours, oldest first. */
  readonly served: readonly string[];
  /** `CODE Kind/name field`, and `→ name` of the related object. */
  readonly problems: readonly string[];
  /** The model of a host that must be there. */
  host(name: string): HostModel;
  /** `match path ingress` of the routes of a host. */
  routes(name: string): readonly string[];
}

/** Resolves `objects` with the default flags, but for `options`; the time is now unless given, as it is for the certificates of `makeCertificate`. */
export function resolveObjects(
  objects: readonly AnyObject[],
  options: Partial<RoutingOptions> = {},
  nowMs = Date.now(),
): ResolvedObjects {
  const resolver = createResolver({ ...defaultRoutingOptions, ...options });
  const resolution = resolver.resolve(snapshotOf(objects), nowMs);
  const { model, problems, served } = resolution;
  const host = (name: string): HostModel => {
    const found = model.hosts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no host "${name}" in the model`);
    return found;
  };
  return {
    model,
    resolution,
    served: served.map(({ key }) => key),
    problems: problems.map(({ code, object, field, related }) =>
      [code, `${object.kind}/${object.name}`, field, ...(related ? [`→ ${related.name}`] : [])].join(' '),
    ),
    host,
    routes: (name) => host(name).routes.map(({ match, path, names }) => `${match} ${path} ${names.ingress}`),
  };
}
