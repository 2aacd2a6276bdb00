/**
 * Duty: naming a Kubernetes object, and ordering such names. Knows no object's content.
 */

/** The kinds that the project reads or writes. */
export type ObjectKind =
  'ConfigMap' | 'EndpointSlice' | 'Endpoints' | 'Ingress' | 'IngressClass' | 'Namespace' | 'Pod' | 'Secret' | 'Service';

/** Names one object; `namespace` is empty for cluster-scoped kinds. */
export interface ObjectRef {
  readonly kind: ObjectKind;
  readonly namespace: string;
  readonly name: string;
}

/** `namespace/name`, as users write it; unique within a kind, because neither part can hold a slash. */
export type ObjectKey = string & { readonly brand: 'ObjectKey' };

/** The key of an object within its kind. */
export function objectKey(namespace: string, name: string): ObjectKey {
  return `${namespace}/${name}` as ObjectKey;
}

/** "Ingress default/cafe", for sentences. */
export function describeObject(ref: ObjectRef): string {
  return ref.namespace === '' ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** Byte-wise order, the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Kind, then namespace, then name. */
export function compareObjectRefs(a: ObjectRef, b: ObjectRef): number {
  return compareText(a.kind, b.kind) || compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}
