/**
 * Duty: the paths of an Ingress' fields, as its author wrote them: the retired API versions have other names.
 */
import type { Problem } from '@gatehouse/core';
import type { Ingress, IngressRule } from '@gatehouse/kube-model';

type WithVersion = Pick<Ingress, 'apiVersion'>;

/** `spec.rules[0].http.paths[1]`. */
export function pathField(rule: number, path: number): string {
  return `spec.rules[${rule}].http.paths[${path}]`;
}

/** `spec.rules[0].host`; the rule itself where it has none. */
export function hostField({ host }: Pick<IngressRule, 'host'>, rule: number): string {
  return host === '' ? `spec.rules[${rule}]` : `spec.rules[${rule}].host`;
}

/** `spec.defaultBackend`. */
export function defaultBackendField({ apiVersion }: WithVersion): string {
  return apiVersion === 'networking.k8s.io/v1' ? 'spec.defaultBackend' : 'spec.backend';
}

/** The name of the Service within the backend whose field is given. */
export function serviceNameField({ apiVersion }: WithVersion, backendField: string): string {
  return `${backendField}.${apiVersion === 'networking.k8s.io/v1' ? 'service.name' : 'serviceName'}`;
}

/** The port of the Service within the backend whose field is given. */
export function servicePortField({ apiVersion }: WithVersion, backendField: string): string {
  return `${backendField}.${apiVersion === 'networking.k8s.io/v1' ? 'service.port' : 'servicePort'}`;
}

/** `metadata.annotations[nginx.ingress.kubernetes.io/app-root]`. */
export function annotationField(prefix: string, name: string): string {
  return `metadata.annotations[${prefix}/${name}]`;
}

/** A Problem of this Ingress. */
export function ingressProblem(ingress: Ingress, problem: Omit<Problem, 'object'>): Problem {
  return Object.freeze({ ...problem, object: ingress.ref });
}
