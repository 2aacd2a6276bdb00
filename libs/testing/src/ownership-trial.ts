/**
 * Duty: for specs: what a policy makes of a few Ingresses, in a form that is quickly read.
 */
import { objectKey } from '@gatehouse/core';
import type { AnyObject, Ingress } from '@gatehouse/kube-model';
import { aConfigMap, anIngress, anIngressClass, aService, type IngressShape } from './objects.ts';
import { resolveObjects } from './resolve-objects.ts';
import type { HostModel } from '@gatehouse/routing';

const policyConfigMap = objectKey('ops', 'policy');
export const prefix = 'nginx.ingress.kubernetes.io';

export interface Wish extends Omit<IngressShape, 'rules'> {
  readonly namespace: string;
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
}

/** An Ingress `NAMESPACE/web` with one path of one host. */
export function wish({ host, path = '/', pathType = 'Prefix', ...shape }: Wish): Ingress {
  const rule = { ...(host === undefined ? {} : { host }), paths: [{ path, pathType }] };
  return anIngress({ name: 'web', rules: [rule], ...shape });
}

/** The annotation that delegates. */
export const delegating = (to: string) => ({ [`${prefix}/delegate-hosts-to`]: to });

export interface Judged {
  /** `HOST PATH NAMESPACE`. */
  readonly routes: readonly string[];
  readonly hosts: readonly string[];
  readonly host: (name: string) => HostModel | undefined;
  /** `CODE NAMESPACE/NAME`. */
  readonly problems: readonly string[];
  /** `FIELD: MESSAGE`. */
  readonly messages: readonly string[];
}

/** Resolves the objects under a policy that enforces host ownership, unless `policy` says otherwise. */
export function judge(policy: Readonly<Record<string, string>>, objects: readonly AnyObject[]): Judged {
  const data = { 'host-ownership': 'enforce', ...policy };
  const configMap = aConfigMap({ namespace: 'ops', name: 'policy', data });
  const namespaces = new Set(objects.flatMap(({ kind, ref }) => (kind === 'Ingress' ? [ref.namespace] : [])));
  const services = [...namespaces].map((namespace) => aService({ namespace }));
  const { model, resolution } = resolveObjects([anIngressClass(), configMap, ...services, ...objects], {
    policyConfigMap,
  });
  const others = ['HostOverlap', 'ServiceHasNoEndpoints'];
  const told = resolution.problems.filter(({ code }) => !others.includes(code));
  return {
    routes: model.hosts.flatMap(({ name, routes }) =>
      routes.map(({ path, names }) => `${name} ${path} ${names.namespace}`),
    ),
    hosts: model.hosts.map(({ name }) => name),
    host: (name: string) => model.hosts.find((one) => one.name === name),
    problems: told.map(({ code, object }) => `${code} ${object.namespace}/${object.name}`),
    messages: told.map(({ field, message }) => `${field}: ${message}`),
  };
}

/** A policy by which one namespace owns one suffix. */
export const shopOwns = { 'host-owners': 'shop.example.com: shop' };
