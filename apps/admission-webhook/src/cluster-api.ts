/**
 * Duty: a connection to the API server that flags, or the cluster around, name.
 */
import type { Environment } from '@gatehouse/flags';
import { connectKubeApi, type KubeApi } from '@gatehouse/kube-client';
import { StartError } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import type { AdmissionWebhookFlags } from './command.ts';

export interface ClusterApiOptions {
  readonly flags: Pick<AdmissionWebhookFlags, 'apiserverHost' | 'certificateAuthority' | 'kubeconfig'>;
  /** Asked for what Kubernetes tells a Pod of its API server. */
  readonly env: Environment;
  readonly logger: Logger;
}

/** Throws a StartError when it is not known how the API server is reached; whether it can be reached is another matter. */
export async function connectClusterApi({ flags, env, logger }: ClusterApiOptions): Promise<KubeApi> {
  const { apiserverHost, kubeconfig, certificateAuthority } = flags;
  const inCluster = { host: env['KUBERNETES_SERVICE_HOST'] ?? '', port: env['KUBERNETES_SERVICE_PORT'] ?? '' };
  try {
    return await connectKubeApi({
      apiServerHost: apiserverHost,
      kubeconfig,
      certificateAuthority,
      ...(inCluster.host === '' ? {} : { inCluster }),
      logger,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`the API server: ${reason}`, { cause });
  }
}
