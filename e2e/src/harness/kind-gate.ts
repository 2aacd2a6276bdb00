/**
 * Duty: the webhook's registration in a cluster, changed for as long as a test needs it.
 */
import { eventually, type KindCluster } from './kind-cluster.ts';

const CONFIGURATION = 'validatingwebhookconfiguration/ingress-nginx-admission';
/** A new configuration is gone by after about a second. */
const TAKEN_IN_MS = 60_000;

const patchHooks = async (cluster: KindCluster, ...operations: readonly object[]): Promise<void> => {
  await cluster.kubectl(['patch', CONFIGURATION, '--type=json', '-p', JSON.stringify(operations)]);
};

/** What becomes of an Ingress that nobody may have. */
function tryBadIngress(cluster: KindCluster): Promise<string> {
  const metadata = {
    name: 'probe',
    namespace: 'default',
    annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': 'much' },
  };
  const backend = { service: { name: 'probe', port: { number: 80 } } };
  const rules = [{ host: 'probe.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const spec = { ingressClassName: 'nginx', rules };
  const object = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
  return cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(object));
}

const DENIED = 'admission webhook "ingresses.admission.gatehouse" denied the request';

/** Resolves when the API server asks, and is answered. */
export async function untilJudged(cluster: KindCluster): Promise<void> {
  await eventually(async () => {
    const refusal = await tryBadIngress(cluster).catch((error: unknown) => String(error));
    if (!refusal.includes(DENIED)) throw new Error(`a bad Ingress is not refused: ${refusal}`);
  }, TAKEN_IN_MS);
}

/**
 * Lets nobody be asked about Ingresses and Services, as if they had come before the webhook or while it was away; the answer puts it back.
 * Whatever a crash leaves behind is undone by the next `kubectl apply -k`.
 */
export async function setGateAside(cluster: KindCluster): Promise<() => Promise<void>> {
  // Every namespace has this label.
  const none = { key: 'kubernetes.io/metadata.name', operator: 'DoesNotExist' };
  const places = [0, 1].map((index) => `/webhooks/${index}/namespaceSelector/matchExpressions/0`);
  await patchHooks(cluster, ...places.map((path) => ({ op: 'add', path, value: none })));
  await eventually(() => tryBadIngress(cluster), TAKEN_IN_MS);
  return async () => {
    await patchHooks(cluster, ...places.map((path) => ({ op: 'remove', path })));
    await untilJudged(cluster);
  };
}

/** What the component strict-admission sets, or the default. */
export function setFailurePolicy(cluster: KindCluster, value: 'Fail' | 'Ignore'): Promise<void> {
  return patchHooks(cluster, { op: 'replace', path: '/webhooks/0/failurePolicy', value });
}
