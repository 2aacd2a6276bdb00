/**
 * Duty: a leader that loses its Lease to somebody who never renews it. All replicas serve on, and one leads again when the
 * Lease has run out.
 */
import { makePod, startApiController, type ApiController } from '../harness/api-controller.ts';
import { endpointsOf, startCafeCluster } from '../harness/cafe-cluster.ts';
import { NAMESPACE } from '../harness/deployment.ts';
import { oneRule } from '../harness/manifest-directory.ts';
import { lostRequests, type FaultFigure } from './fault-figure.ts';
import { timeUntil } from './scene.ts';
import { startTraffic, type Traffic } from './traffic.ts';

const NAME = 'ingress-controller-leader';
const PODS = ['pod-0', 'pod-1'];
const STRANGER = 'nobody';
const TTL_S = 10;
/** A follower looks four times in that time, or a little less often, and waits for the whole of it. */
const LEADS_AFTER_TTLS = 1.6;

export async function changeLeader(changes: number): Promise<readonly FaultFigure[]> {
  const cluster = await startCafeCluster();
  const controllers: ApiController[] = [];
  const traffics: Traffic[] = [];
  try {
    await cluster.apply(quiet, NAMESPACE);
    await cluster.apply(oneRule({ service: 'tea-svc' }));
    await cluster.apply(endpointsOf('tea-svc', cluster.tea));
    for (const podName of PODS) {
      await makePod(cluster.server, podName);
      const flags = [`--election-id=${NAME}`, `--election-ttl=${TTL_S}s`, '--publish-status-address=192.0.2.1'];
      const controller = await startApiController({ kubeconfig: cluster.controllerKubeconfig, podName, flags });
      controllers.push(controller);
      await controller.untilReady();
    }
    const path = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/${NAME}`;
    const leads = async (): Promise<boolean> => {
      const lease = (await cluster.server.request('GET', path).catch(() => undefined)) as Lease | undefined;
      return PODS.includes(lease?.spec.holderIdentity ?? '');
    };
    await timeUntil(leads);
    traffics.push(...controllers.map((controller) => startTraffic(controller)));
    let longestMs = 0;
    for (let count = 0; count < changes; count += 1) {
      const spec = { holderIdentity: STRANGER, renewTime: `${new Date().toISOString().slice(0, -1)}000Z` };
      const patch = ['patch', 'lease', NAME, '--type=merge', '-p', JSON.stringify({ spec })];
      await cluster.server.kubectl(['-n', NAMESPACE, ...patch]);
      longestMs = Math.max(longestMs, await timeUntil(leads, 60_000));
    }
    const results = await Promise.all(traffics.map((traffic) => traffic.stop()));
    return [
      ...results.map((result, at) => lostRequests(`${changes} changes of the leader, replica ${at + 1}`, result)),
      {
        name: `another leads, of a Lease of ${TTL_S} s, after`,
        unit: 'ms',
        measured: longestMs,
        bar: { atMost: TTL_S * LEADS_AFTER_TTLS * 1000 },
      },
    ];
  } finally {
    await Promise.all(traffics.map((traffic) => traffic.stop()));
    await Promise.all(controllers.map((controller) => controller.terminate()));
    await cluster.close();
  }
}

/** The log of so many requests would be printed. */
const quiet = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'nginx-configuration' },
  data: { 'disable-access-log': 'true' },
};

interface Lease {
  readonly spec: { readonly holderIdentity?: string };
}
