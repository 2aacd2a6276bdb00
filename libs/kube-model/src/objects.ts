/**
 * Duty: our own readonly types of the Kubernetes objects, with only the fields that are read.
 * Must not know where an object came from (API server or file), nor nginx.
 */
import type { ObjectKey, ObjectRef } from '@gatehouse/core';

/** What every object has. Objects are frozen; a changed object is a new one, so identity tells change. */
export interface KubeObject {
  readonly ref: ObjectRef;
  readonly key: ObjectKey;
  /** Empty when the object comes from a file. */
  readonly uid: string;
  /** Empty when the object comes from a file. */
  readonly resourceVersion: string;
  /** Milliseconds since 1970; 0 when the object has no creationTimestamp, so that it counts as the oldest. */
  readonly createdAtMs: number;
}

export type PathType = 'Exact' | 'Prefix' | 'ImplementationSpecific';

/** A Service port by its number or by its name. */
export type ServicePortRef =
  { readonly kind: 'number'; readonly number: number } | { readonly kind: 'name'; readonly name: string };

export type IngressBackend =
  | { readonly kind: 'service'; readonly name: string; readonly port: ServicePortRef }
  /** `description` is the author's text: quote it in sentences. */
  | { readonly kind: 'resource'; readonly description: string }
  /** Neither a Service nor a resource could be read; `reason` says why. */
  | { readonly kind: 'invalid'; readonly reason: string };

export interface IngressPath {
  /** As written; empty when left out. */
  readonly path: string;
  /** As written, so that an unknown word can be reported; empty when left out (the retired versions allow it). */
  readonly pathType: string;
  readonly backend: IngressBackend;
}

export interface IngressRule {
  /** As written; empty when left out, which means every host. */
  readonly host: string;
  readonly paths: readonly IngressPath[];
}

export interface IngressTls {
  readonly hosts: readonly string[];
  /** Empty when left out. */
  readonly secretName: string;
}

export interface Ingress extends KubeObject {
  readonly kind: 'Ingress';
  /** The API version it was written in. */
  readonly apiVersion: 'networking.k8s.io/v1' | 'networking.k8s.io/v1beta1' | 'extensions/v1beta1';
  readonly annotations: ReadonlyMap<string, string>;
  /** `spec.ingressClassName`; empty when left out. */
  readonly className: string;
  readonly defaultBackend?: IngressBackend;
  readonly rules: readonly IngressRule[];
  readonly tls: readonly IngressTls[];
  /** `status.loadBalancer.ingress`, for comparison only. */
  readonly statusAddresses: readonly StatusAddress[];
}

/** One entry of `status.loadBalancer.ingress`: an IP address or a host name. */
export interface StatusAddress {
  readonly ip?: string;
  readonly hostname?: string;
}

export interface IngressClass extends KubeObject {
  readonly kind: 'IngressClass';
  /** `spec.controller`. */
  readonly controller: string;
  /** The annotation ingressclass.kubernetes.io/is-default-class is "true". */
  readonly isDefault: boolean;
}

export interface ServicePort {
  /** Empty when left out (allowed for a single port). */
  readonly name: string;
  readonly port: number;
  /** A number, the name of a container port, or undefined when left out (then it equals `port`). */
  readonly targetPort?: number | string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface Service extends KubeObject {
  readonly kind: 'Service';
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** Empty when left out; `None` for a headless Service. */
  readonly clusterIp: string;
  /** Empty unless the type is ExternalName. */
  readonly externalName: string;
  /** `spec.externalIPs`, as written. */
  readonly externalIps: readonly string[];
  /** `status.loadBalancer.ingress`: what a load balancer in front of it answers on. */
  readonly loadBalancerAddresses: readonly StatusAddress[];
  /** With a selector the cluster makes the endpoints; without one, somebody writes them. */
  readonly hasSelector: boolean;
  readonly ports: readonly ServicePort[];
}

export interface EndpointPort {
  readonly name: string;
  /** Undefined means every port. */
  readonly port?: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

export interface Endpoint {
  readonly addresses: readonly string[];
  /** Undefined counts as true (Kubernetes: "should be interpreted as true"). */
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

/** An EndpointSlice; the retired Endpoints kind is read as slices too, with its own kind in `ref`. */
export interface EndpointSlice extends KubeObject {
  readonly kind: 'EndpointSlice';
  /** The Service it belongs to (label kubernetes.io/service-name; for Endpoints the name). */
  readonly serviceKey: ObjectKey;
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly EndpointPort[];
}

export interface Secret extends KubeObject {
  readonly kind: 'Secret';
  /** `type`, such as kubernetes.io/tls. */
  readonly secretType: string;
  /** Decoded values; never logged, never put into a template. */
  readonly data: ReadonlyMap<string, Uint8Array>;
}

export interface ConfigMap extends KubeObject {
  readonly kind: 'ConfigMap';
  readonly data: ReadonlyMap<string, string>;
}

export interface Namespace extends KubeObject {
  readonly kind: 'Namespace';
  readonly labels: ReadonlyMap<string, string>;
}

/** Every kind that a snapshot holds. */
export type AnyObject = ConfigMap | EndpointSlice | Ingress | IngressClass | Namespace | Secret | Service;
