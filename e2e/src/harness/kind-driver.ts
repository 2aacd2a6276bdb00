/**
 * Duty: the driver that runs scenarios in a cluster, on the deployment as it is installed there. Backends run in a Pod.
 *
 * Scenarios show what the controller does with what it finds, bad objects among them; so the API server asks nobody about
 * them, as while the webhook is away. What it refuses when it is asked has suites of its own.
 */
import { connectKubeApi } from '@gatehouse/kube-client';
import { RecordingLogger } from '@gatehouse/testing';
import { ask, type Question } from './ask.ts';
import { ClusterObjects } from './cluster-objects.ts';
import { eventually, type KindCluster } from './kind-cluster.ts';
import { setGateAside } from './kind-gate.ts';
import { markerDocument, untilMarked } from './marker.ts';
import type { ScenarioDriver, ScenarioSession } from './scenario-driver.ts';

const PATIENCE_MS = 10_000;
/** Of several replicas each is asked by chance. */
const ENOUGH_IN_A_ROW = 8;
const NAMESPACE = 'gatehouse-e2e';
const POD = 'scenario-backends';
const CONTROL_PORT = 8090;

export interface KindDriver extends ScenarioDriver {
  close(): Promise<void>;
}

export async function createKindDriver(cluster: KindCluster): Promise<KindDriver> {
  const api = await connectKubeApi({ kubeconfig: cluster.kubeconfig, logger: new RecordingLogger() });
  const [backends, gate, bringGateBack] = await Promise.all([
    startBackendPod(cluster),
    cluster.gate(),
    setGateAside(cluster),
  ]);
  const objects = new ClusterObjects(api);
  const askGate = (question: Question): ReturnType<typeof ask> => ask(gate, question);
  let marks = 0;
  const session: ScenarioSession = {
    ports: gate,
    patienceMs: PATIENCE_MS,
    startBackend: (name, kind) => backends.start(name, kind),
    async apply(documents) {
      marks += 1;
      await objects.replaceBy([documents, markerDocument(marks, 'nginx')].join('\n---\n'));
      await untilMarked({ count: marks, inARow: ENOUGH_IN_A_ROW, ask: askGate });
    },
    ask: askGate,
    problems: () => undefined,
    async close() {
      await objects.removeAll();
      await backends.endAll();
    },
  };
  return {
    name: 'kind',
    open: () => Promise.resolve(session),
    async close() {
      await bringGateBack();
      await backends.close();
      await api.close();
    },
  };
}

interface BackendPod {
  readonly start: ScenarioSession['startBackend'];
  endAll(): Promise<void>;
  close(): Promise<void>;
}

async function startBackendPod(cluster: KindCluster): Promise<BackendPod> {
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: podObjects() }));
  await cluster.kubectl(['wait', '-n', NAMESPACE, `pod/${POD}`, '--for=condition=Ready', '--timeout=60s']);
  const { status } = await cluster.get<{ status: { podIP: string } }>('pod', POD, '-n', NAMESPACE);
  const service = await cluster.get<{ spec: { ports: [{ nodePort: number }] } }>('service', POD, '-n', NAMESPACE);
  const url = `http://${cluster.address}:${service.spec.ports[0].nodePort}/backends`;
  const control = async (method: string, query = ''): Promise<unknown> => {
    const answer = await fetch(url + query, { method });
    if (!answer.ok) throw new Error(`${method} ${url}${query}: ${await answer.text()}`);
    return answer.json();
  };
  // The node may learn of the port a moment later.
  await eventually(() => control('DELETE'));
  return {
    async start(name, kind) {
      const { port } = (await control('POST', `?name=${encodeURIComponent(name)}&kind=${kind}`)) as { port: number };
      return { address: status.podIP, port };
    },
    async endAll() {
      await control('DELETE');
    },
    async close() {
      await cluster.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']);
    },
  };
}

function podObjects(): readonly object[] {
  const metadata = { name: POD, namespace: NAMESPACE, labels: { app: POD } };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          {
            name: 'echo',
            image: 'gatehouse-e2e/echo:dev',
            readinessProbe: { tcpSocket: { port: CONTROL_PORT }, periodSeconds: 1 },
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'NodePort', selector: { app: POD }, ports: [{ name: 'control', port: CONTROL_PORT }] },
    },
  ];
}
