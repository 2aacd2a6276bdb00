import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, kindCluster, NAMESPACE, type KindCluster } from './harness/kind-cluster.ts';
import { controllerPods } from './harness/kind-pods.ts';
import { deployWorkload, type Workload } from './harness/kind-workload.ts';

const CONTROLLER = 'deployment/ingress-nginx-controller';
/** The Lease must run out where a leader ends without a word. */
const FAILOVER_MS = 60_000;

interface WithStatus {
  readonly metadata: { readonly resourceVersion: string };
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

describe('status and leadership', () => {
  let cluster: KindCluster;
  let workload: Workload;
  let clusterIp: string;

  beforeAll(async () => {
    cluster = kindCluster();
    await scale(2);
    workload = await deployWorkload(cluster, { name: 'status', replicas: 1, className: 'nginx' });
    const service = await cluster.get<{ spec: { clusterIP: string } }>('service', 'ingress-nginx', '-n', NAMESPACE);
    clusterIp = service.spec.clusterIP;
  }, 240_000);

  afterAll(async () => {
    await workload.remove();
    await scale(2);
  }, 150_000);

  const scale = async (replicas: number): Promise<void> => {
    await cluster.kubectl(['scale', '-n', NAMESPACE, CONTROLLER, `--replicas=${replicas}`]);
    await cluster.kubectl(['rollout', 'status', '-n', NAMESPACE, CONTROLLER, '--timeout=120s']);
    await eventually(async () => expect(await controllerPods(cluster)).toHaveLength(replicas), 120_000);
  };
  const ingress = (): Promise<WithStatus> => cluster.get<WithStatus>('ingress', 'web', '-n', workload.namespace);
  const addresses = async (): Promise<readonly string[]> =>
    ((await ingress()).status.loadBalancer.ingress ?? []).map(({ ip = '' }) => ip);
  const leader = async (): Promise<string> => {
    const lease = await cluster.get<{ spec: { holderIdentity?: string } }>(
      'lease',
      'ingress-controller-leader',
      '-n',
      NAMESPACE,
    );
    return lease.spec.holderIdentity ?? '';
  };
  const leaderAmongPods = async (): Promise<string> => {
    const [holder, pods] = [await leader(), await controllerPods(cluster)];
    expect(pods.map(({ name }) => name)).toContain(holder);
    return holder;
  };

  it('is the address of the Service, for a NodePort that of the cluster', async () => {
    await eventually(async () => expect(await addresses()).toEqual([clusterIp]), FAILOVER_MS);
  }, 90_000);

  it('passes to the other Pod when the leader ends, and is kept meanwhile', async () => {
    // A leader that a rollout ended gives the Lease back: for some seconds nobody holds it.
    const before = await eventually(leaderAmongPods, FAILOVER_MS);
    await cluster.kubectl(['delete', 'pod', '-n', NAMESPACE, before, '--wait=false']);
    await eventually(async () => {
      const now = await leader();
      expect(now).not.toBe('');
      expect(now).not.toBe(before);
    }, FAILOVER_MS);
    expect(await addresses()).toEqual([clusterIp]);
    await scale(2);
    expect(await addresses()).toEqual([clusterIp]);
  }, 240_000);

  it('is cleared when the last Pod ends, and comes back with the next', async () => {
    await cluster.kubectl(['scale', '-n', NAMESPACE, CONTROLLER, '--replicas=0']);
    await eventually(async () => expect(await addresses()).toEqual([]), FAILOVER_MS);
    await scale(2);
    await eventually(async () => expect(await addresses()).toEqual([clusterIp]), FAILOVER_MS);
  }, 240_000);

  it('is not written again when nothing has changed', async () => {
    const { metadata } = await ingress();
    await cluster.kubectl(['annotate', 'service/ingress-nginx', '-n', NAMESPACE, 'example.com/touched=yes']);
    await cluster.kubectl(['annotate', 'service/ingress-nginx', '-n', NAMESPACE, 'example.com/touched-']);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect((await ingress()).metadata.resourceVersion).toBe(metadata.resourceVersion);
  });
});
