export type {
  AnyObject,
  ConfigMap,
  Endpoint,
  EndpointPort,
  EndpointSlice,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressPath,
  IngressRule,
  IngressTls,
  KubeObject,
  Namespace,
  PathType,
  Secret,
  Service,
  ServicePort,
  ServicePortRef,
  StatusAddress,
} from './objects.ts';
export type { Snapshot } from './snapshot.ts';
export { parseObject, parseObjects, type PlacedReading, type Reading } from './parse-object.ts';
export { isDnsLabel, isDnsSubdomain } from './kube-names.ts';
export { ObjectStore, type StoreObserver } from './object-store.ts';
export { changedKeys } from './changed-keys.ts';
export { hasSameContent } from './same-content.ts';
export { isSameAddresses, sortStatusAddresses } from './status-addresses.ts';
