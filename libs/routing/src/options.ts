/**
 * Duty: what the operator's flags say about which objects are taken and how they are read. Not what the ConfigMap says.
 */
import type { ObjectKey } from '@gatehouse/core';
import type { LabelSelector } from './label-selector.ts';

export interface RoutingOptions {
  /** --annotations-prefix, without the slash. */
  readonly annotationsPrefix: string;
  /** --ingress-class: value of the old annotation, and with `classByName` the name of the IngressClass. */
  readonly ingressClass: string;
  /** --controller-class: spec.controller of the IngressClasses that are ours. */
  readonly controllerClass: string;
  readonly classByName: boolean;
  readonly watchWithoutClass: boolean;
  /**
   * An Ingress whose spec.ingressClassName is `ingressClass` is taken although no IngressClass of that name exists:
   * manifests often come without one. Never with an API server, where the absence means "not installed".
   */
  readonly classObjectsOptional: boolean;
  /** --watch-namespace: empty means all. */
  readonly watchNamespace: string;
  /** --watch-namespace-selector: labels of the namespaces that are served. Never together with `watchNamespace`. */
  readonly namespaceSelector?: LabelSelector;
  /** --disable-catch-all: no Ingress answers for every host. */
  readonly ignoreCatchAll: boolean;
  /** --disable-svc-external-name: Services of type ExternalName are never proxied to. */
  readonly ignoreExternalNames: boolean;
  /** --configmap: the key of the settings ConfigMap. */
  readonly configMap?: ObjectKey;
  /** --policy-configmap: the key of the ConfigMap that says who owns which hosts, and how strict admission is. */
  readonly policyConfigMap?: ObjectKey;
  /** --tcp-services-configmap and --udp-services-configmap: which ports are passed on to which Services. */
  readonly tcpServicesConfigMap?: ObjectKey;
  readonly udpServicesConfigMap?: ObjectKey;
  /** TCP ports that we listen on ourselves. */
  readonly ownPorts: readonly number[];
  /** --default-backend-service. */
  readonly defaultBackendService?: ObjectKey;
  /** --default-ssl-certificate. */
  readonly defaultCertificateSecret?: ObjectKey;
  /** --session-ticket-secret: keys that replicas share. */
  readonly sessionTicketSecret?: ObjectKey;
  /** Whose answer is given where ingress-nginx and Kubernetes' own words differ. */
  readonly compatibility: Compatibility;
  /**
   * Loopback endpoints are used. Kubernetes refuses them in EndpointSlices, so only objects from files, on a machine
   * without a cluster, can have them.
   */
  readonly allowLoopbackEndpoints: boolean;
  /** Kinds of which snapshots hold nothing, whatever exists, so that the absence of one is no Problem. */
  readonly unreadKinds: readonly UnreadKind[];
}

/** What the admission webhook may not or need not read. */
type UnreadKind = 'EndpointSlice' | 'Secret';

export type Compatibility = 'ingress-nginx' | 'kubernetes';

/** Defaults of all flags above, those of ingress-nginx where it has them. */
export const defaultRoutingOptions: RoutingOptions = {
  annotationsPrefix: 'nginx.ingress.kubernetes.io',
  ingressClass: 'nginx',
  controllerClass: 'k8s.io/ingress-nginx',
  classByName: false,
  watchWithoutClass: false,
  classObjectsOptional: false,
  watchNamespace: '',
  ignoreCatchAll: false,
  ignoreExternalNames: false,
  ownPorts: [],
  compatibility: 'kubernetes',
  allowLoopbackEndpoints: false,
  unreadKinds: [],
};
