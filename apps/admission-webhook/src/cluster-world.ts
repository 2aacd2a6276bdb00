/**
 * Duty: the objects of a cluster that candidates are judged by: all that says who has which host and path already, and
 * nothing secret.
 */
import type { ObjectKey } from '@gatehouse/core';
import { followKubeObjects } from '@gatehouse/kube-client';
import { systemClock } from '@gatehouse/logging';
import type { RoutingOptions } from '@gatehouse/routing';
import { connectClusterApi, type ClusterApiOptions } from './cluster-api.ts';
import type { AdmissionWebhookFlags } from './command.ts';
import type { World } from './world.ts';

export interface ClusterWorldOptions extends ClusterApiOptions {
  readonly flags: AdmissionWebhookFlags;
  readonly routing: RoutingOptions;
}

/** Throws a StartError when it is not known how the API server is reached; whether it can be reached is another matter. */
export async function openClusterWorld({ flags, routing, env, logger }: ClusterWorldOptions): Promise<World> {
  const { configMap, policyConfigMap, tcpServicesConfigMap, udpServicesConfigMap, defaultBackendService } = routing;
  const selector = flags.watchNamespaceSelector.trim();
  // Whoever is not served can still own a host.
  const namespaces = policyConfigMap === undefined ? selector : '';
  const isEveryNamespaceAlike = policyConfigMap === undefined && selector === '';
  const api = await connectClusterApi({ flags, env, logger });
  let follower: ReturnType<typeof followKubeObjects> | undefined;
  return {
    async start(observer) {
      const options = {
        api,
        logger,
        clock: systemClock,
        jitter: Math.random,
        watchNamespace: flags.watchNamespace,
        ...(isEveryNamespaceAlike ? {} : { namespaceSelector: namespaces }),
        kinds: ['ConfigMap', 'Ingress', 'IngressClass', 'Namespace', 'Service'] as const,
        configMaps: given([configMap, policyConfigMap, tcpServicesConfigMap, udpServicesConfigMap]),
        services: given([defaultBackendService]),
      };
      follower = followKubeObjects(options, observer);
      await follower.start();
    },
    async stop() {
      await follower?.stop();
      await api.close();
    },
  };
}

function given(keys: readonly (ObjectKey | undefined)[]): readonly ObjectKey[] {
  return keys.filter((key) => key !== undefined);
}
