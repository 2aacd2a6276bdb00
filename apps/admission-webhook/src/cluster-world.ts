/**
 * Duty: the objects of a cluster that candidates are judged by: all that says who has which host and path already, and
 * nothing secret.
 */
import { followKubeObjects } from '@gatehouse/kube-client';
import { systemClock } from '@gatehouse/logging';
import { connectClusterApi, type ClusterApiOptions } from './cluster-api.ts';
import type { AdmissionWebhookFlags } from './command.ts';
import type { World } from './world.ts';

export interface ClusterWorldOptions extends ClusterApiOptions {
  readonly flags: AdmissionWebhookFlags;
}

/** Throws a StartError when it is not known how the API server is reached; whether it can be reached is another matter. */
export async function openClusterWorld({ flags, env, logger }: ClusterWorldOptions): Promise<World> {
  const { watchNamespace } = flags;
  const selector = flags.watchNamespaceSelector.trim();
  const api = await connectClusterApi({ flags, env, logger });
  let follower: ReturnType<typeof followKubeObjects> | undefined;
  return {
    async start(observer) {
      const options = { api, logger, clock: systemClock, jitter: Math.random, watchNamespace };
      follower = followKubeObjects(
        {
          ...options,
          ...(selector === '' ? {} : { namespaceSelector: selector }),
          kinds: ['Ingress', 'IngressClass', 'Namespace', 'Service'],
          configMaps: [],
          services: [],
        },
        observer,
      );
      await follower.start();
    },
    async stop() {
      await follower?.stop();
      await api.close();
    },
  };
}
