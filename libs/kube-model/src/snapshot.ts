/**
 * Duty: the frozen state of the world that one resolve works on.
 */
import type { ObjectKey, Problem } from '@gatehouse/core';
import type { ConfigMap, EndpointSlice, Ingress, IngressClass, Namespace, Secret, Service } from './objects.ts';

/** All objects at one moment. Nobody changes a map after the snapshot was handed out. */
export interface Snapshot {
  readonly ingresses: ReadonlyMap<ObjectKey, Ingress>;
  /** By name (`/name` as key). */
  readonly ingressClasses: ReadonlyMap<ObjectKey, IngressClass>;
  readonly services: ReadonlyMap<ObjectKey, Service>;
  /** The slices of each Service, in order of their keys. The array is replaced, never changed, when a slice changes. */
  readonly endpointSlices: ReadonlyMap<ObjectKey, readonly EndpointSlice[]>;
  readonly secrets: ReadonlyMap<ObjectKey, Secret>;
  readonly configMaps: ReadonlyMap<ObjectKey, ConfigMap>;
  readonly namespaces: ReadonlyMap<ObjectKey, Namespace>;
  /** What was wrong with objects that could not be read at all. */
  readonly problems: readonly Problem[];
}
