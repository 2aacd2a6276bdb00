/**
 * Duty: choosing how an API server is reached: as flags say, or as the cluster says that we run in.
 */
import type { Logger } from '@gatehouse/pipeline';
import type { KubeApi } from '../kube-api.ts';
import { HttpKubeApi } from './http-kube-api.ts';
import type { Identity } from './identity.ts';
import { InClusterIdentity, type InClusterOptions } from './in-cluster-identity.ts';
import { KubeconfigIdentity } from './kubeconfig-identity.ts';

export interface ConnectOptions {
  /** `--apiserver-host`; without a kubeconfig the server must ask for no proof. */
  readonly apiServerHost?: string | undefined;
  /** `--kubeconfig`; its current context is used. */
  readonly kubeconfig?: string | undefined;
  /** `--certificate-authority`: a PEM file. */
  readonly certificateAuthority?: string | undefined;
  /** How the cluster that we run in is reached, when neither server nor kubeconfig is given. */
  readonly inCluster?: InClusterOptions | undefined;
  readonly logger: Logger;
  /** How often an idle connection is asked whether it lives. */
  readonly pingMs?: number;
}

/**
 * A connection to an API server. Rejects when what is needed to find the server or to prove who we are cannot be read;
 * whether the server answers is for the first request to find out.
 */
export async function connectKubeApi(options: ConnectOptions): Promise<KubeApi> {
  const identity = identityFor(options);
  const { server } = await identity.current();
  options.logger.info('API server', { server });
  const { pingMs } = options;
  return new HttpKubeApi({ identity, ...(pingMs === undefined ? {} : { pingMs }) });
}

function identityFor(options: ConnectOptions): Identity {
  const { apiServerHost = '', kubeconfig = '', certificateAuthority = '', inCluster } = options;
  if (apiServerHost !== '' || kubeconfig !== '') {
    return new KubeconfigIdentity({ apiServerHost, kubeconfig, certificateAuthority });
  }
  if (inCluster !== undefined && inCluster.host !== '') return new InClusterIdentity(inCluster);
  throw new Error(
    'no API server is known: this is no Pod of a cluster (KUBERNETES_SERVICE_HOST is not set), and neither --kubeconfig nor --apiserver-host is given',
  );
}
