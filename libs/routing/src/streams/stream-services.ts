/**
 * Duty: which Services the ConfigMaps of TCP and UDP services lead to, without a look at the Services.
 */
import { objectKey, type ObjectKey, type ObjectRef } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import type { RoutingOptions } from '../options.ts';
import { parseStreamTarget } from './parse-stream.ts';

/** Each with a ConfigMap that names it; of several, the last. */
export function streamServices(
  { configMaps }: Pick<Snapshot, 'configMaps'>,
  { tcpServicesConfigMap, udpServicesConfigMap }: RoutingOptions,
): ReadonlyMap<ObjectKey, ObjectRef> {
  const services = new Map<ObjectKey, ObjectRef>();
  for (const key of [tcpServicesConfigMap, udpServicesConfigMap]) {
    const configMap = key && configMaps.get(key);
    if (configMap === undefined) continue;
    for (const value of configMap.data.values()) {
      const target = parseStreamTarget(value);
      if (target.ok) services.set(objectKey(target.value.namespace, target.value.service), configMap.ref);
    }
  }
  return services;
}
