/**
 * Duty: which objects are read, as options say. Secrets are not among them: those are read one by one.
 */
import type { ObjectKey } from '@gatehouse/core';
import { apiPath } from '../api-path.ts';
import type { Watched } from '../follow/watch.ts';
import { watchedKinds } from '../follow/watched-kind.ts';

/** The kinds that a source can read. */
export type SourceKind = keyof typeof watchedKinds;

export interface ScopeOptions {
  readonly kinds: ReadonlySet<SourceKind>;
  /** Empty: all namespaces. */
  readonly watchNamespace: string;
  /** Empty: all Namespaces. */
  readonly namespaceSelector: string;
  readonly configMaps: readonly ObjectKey[];
  readonly services: readonly ObjectKey[];
}

/** Slices of no Service are of no use, so they are not even sent. */
const OF_A_SERVICE = 'kubernetes.io/service-name';

export function planScopes(options: ScopeOptions): readonly Watched[] {
  const { kinds, watchNamespace, namespaceSelector } = options;
  const scopes: Watched[] = [];
  if (kinds.has('IngressClass')) scopes.push(everything('IngressClass', ''));
  if (kinds.has('Ingress')) scopes.push(everything('Ingress', watchNamespace));
  if (kinds.has('Service')) scopes.push(everything('Service', watchNamespace));
  if (kinds.has('EndpointSlice')) {
    scopes.push({ ...everything('EndpointSlice', watchNamespace), query: { labelSelector: OF_A_SERVICE } });
  }
  if (kinds.has('Namespace')) {
    const query = namespaceSelector === '' ? {} : { labelSelector: namespaceSelector };
    scopes.push({ ...everything('Namespace', ''), query });
  }
  if (kinds.has('ConfigMap'))
    scopes.push(...new Set(options.configMaps).values().map((key) => named('ConfigMap', key)));
  return [...scopes, ...servicesOutside(options)];
}

/** Services that flags name, with their endpoints, where the namespace that is watched does not hold them. */
function servicesOutside({ kinds, watchNamespace, services }: ScopeOptions): readonly Watched[] {
  if (watchNamespace === '') return [];
  return [...new Set(services)].flatMap((key) => {
    const [namespace = '', name = ''] = key.split('/');
    if (namespace === watchNamespace) return [];
    const slices = { ...everything('EndpointSlice', namespace), query: { labelSelector: `${OF_A_SERVICE}=${name}` } };
    return [...(kinds.has('Service') ? [named('Service', key)] : []), ...(kinds.has('EndpointSlice') ? [slices] : [])];
  });
}

function everything(kind: SourceKind, namespace: string): Watched {
  const place = namespace === '' ? {} : { namespace };
  return { kind: watchedKinds[kind], path: apiPath(watchedKinds[kind].resource, place), query: {} };
}

function named(kind: SourceKind, key: ObjectKey): Watched {
  const [namespace = '', name = ''] = key.split('/');
  return { ...everything(kind, namespace), query: { fieldSelector: `metadata.name=${name}` } };
}
