/**
 * Duty: the kinds that are read, and where the API server has them.
 */
import type { AnyObject } from '@gatehouse/kube-model';
import type { ApiResource } from '../api-path.ts';

export interface ServedKind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly resource: ApiResource;
}

/** One that a snapshot may hold. */
export interface WatchedKind extends ServedKind {
  readonly kind: AnyObject['kind'];
}

/** Every kind that a snapshot holds. */
export const watchedKinds = {
  ConfigMap: core('ConfigMap', 'configmaps'),
  EndpointSlice: inGroup('EndpointSlice', 'discovery.k8s.io', 'endpointslices'),
  Ingress: inGroup('Ingress', 'networking.k8s.io', 'ingresses'),
  IngressClass: inGroup('IngressClass', 'networking.k8s.io', 'ingressclasses'),
  Namespace: core('Namespace', 'namespaces'),
  Secret: core('Secret', 'secrets'),
  Service: core('Service', 'services'),
} as const satisfies Readonly<Record<AnyObject['kind'], WatchedKind>>;

function core(kind: AnyObject['kind'], plural: string): WatchedKind {
  return { kind, apiVersion: 'v1', resource: { root: 'api/v1', plural } };
}

function inGroup(kind: AnyObject['kind'], group: string, plural: string): WatchedKind {
  return { kind, apiVersion: `${group}/v1`, resource: { root: `apis/${group}/v1`, plural } };
}
