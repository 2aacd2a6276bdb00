/**
 * Duty: which hosts and Services an Ingress may have to do with, told from its own text, whatever the settings and the
 * other objects say. It may name more than checking and linking find, and never less: indexes are built on it.
 */
import { objectKey, type ObjectKey } from '@gatehouse/core';
import type { Ingress, IngressBackend } from '@gatehouse/kube-model';
import type { RoutingOptions } from './options.ts';

export interface IngressReach {
  /** Each once; the empty name is the catch-all host. Text that is no host name may be among them. */
  readonly hosts: ReadonlySet<string>;
  readonly services: ReadonlySet<ObjectKey>;
}

/** A host in spec.tls alone has no effect, so it is not in reach. */
export function reachOf(
  ingress: Ingress,
  { annotationsPrefix }: Pick<RoutingOptions, 'annotationsPrefix'>,
): IngressReach {
  const { rules, defaultBackend, annotations, ref } = ingress;
  const annotation = (name: string): string => annotations.get(`${annotationsPrefix}/${name}`) ?? '';
  const hosts = new Set(rules.map(({ host }) => host));
  if (rules.length === 0 && defaultBackend !== undefined) hosts.add('');
  for (const alias of annotation('server-alias').split(/[\s,]+/)) if (alias !== '') hosts.add(alias.toLowerCase());
  const services = new Set<ObjectKey>();
  const use = (name: string): unknown => name !== '' && services.add(objectKey(ref.namespace, name));
  const useBackend = (backend: IngressBackend): unknown => backend.kind === 'service' && use(backend.name);
  for (const { paths } of rules) for (const { backend } of paths) useBackend(backend);
  if (defaultBackend !== undefined) useBackend(defaultBackend);
  use(annotation('default-backend').trim());
  return { hosts, services };
}
