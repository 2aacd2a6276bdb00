/**
 * Duty: the objects of a cluster that candidates are judged by: all that says who has which host and path already, and
 * nothing secret.
 */
import type { Environment } from '@gatehouse/flags';
import { connectKubeApi, followKubeObjects } from '@gatehouse/kube-client';
import { StartError, systemClock } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import type { AdmissionWebhookFlags } from './command.ts';
import type { World } from './world.ts';

export interface ClusterWorldOptions {
  readonly flags: AdmissionWebhookFlags;
  /** Asked for what Kubernetes tells a Pod of its API server. */
  readonly env: Environment;
  readonly logger: Logger;
}

/** Throws a StartError when it is not known how the API server is reached; whether it can be reached is another matter. */
export async function openClusterWorld({ flags, env, logger }: ClusterWorldOptions): Promise<World> {
  const { apiserverHost, kubeconfig, certificateAuthority, watchNamespace } = flags;
  const inCluster = { host: env['KUBERNETES_SERVICE_HOST'] ?? '', port: env['KUBERNETES_SERVICE_PORT'] ?? '' };
  const selector = flags.watchNamespaceSelector.trim();
  const api = await connectKubeApi({
    apiServerHost: apiserverHost,
    kubeconfig,
    certificateAuthority,
    ...(inCluster.host === '' ? {} : { inCluster }),
    logger,
  }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`the API server: ${reason}`, { cause });
  });
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
