import { kubectl, succeed, type Cluster } from './cluster.ts';
import { capture, show } from './programs.ts';

const OVERLAY = 'deploy/overlays/kind';
const NAMESPACE = 'ingress-nginx';
const READY_WITHIN = '180s';

/** Applies the manifests and waits until every Deployment is there in full, with progress shown. */
export async function deploy(cluster: Cluster, signal: AbortSignal): Promise<void> {
  await succeed(capture, { ...kubectl(cluster, ['apply', '-k', OVERLAY]), signal });
  const listed = kubectl(cluster, ['get', 'deployments', '-n', NAMESPACE, '-o', 'name']);
  const { output } = await succeed(capture, { ...listed, signal });
  for (const name of output.trim().split('\n')) {
    const args = ['rollout', 'status', '-n', NAMESPACE, name, `--timeout=${READY_WITHIN}`];
    await succeed(show, { ...kubectl(cluster, args), signal });
  }
}

/** New images under the same names: the Pods are replaced. */
export async function restartDeployments(cluster: Cluster, signal: AbortSignal): Promise<void> {
  await succeed(capture, { ...kubectl(cluster, ['rollout', 'restart', 'deployment', '-n', NAMESPACE]), signal });
}
