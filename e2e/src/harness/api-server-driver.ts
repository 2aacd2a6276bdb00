/**
 * Duty: the driver that runs scenarios with a real API server, a controller that reads it, and nginx on this machine.
 *
 * Scenarios without flags share one controller, which sees objects come and go under its eyes; those with flags start
 * their own, which finds the objects there.
 */
import { connectKubeApi, type KubeApi } from '@gatehouse/kube-client';
import { RecordingLogger, type ApiServer } from '@gatehouse/testing';
import { ask, type Question } from './ask.ts';
import { ClusterObjects, readObjects } from './cluster-objects.ts';
import { describeProblems } from './directory-driver.ts';
import { startGate, type Gate } from './gate.ts';
import { MARKER, markerDocument, untilMarked } from './marker.ts';
import { nonLoopbackAddress } from './non-loopback-address.ts';
import { startScenarioBackend, type ScenarioBackend } from './scenario-backends.ts';
import type { ScenarioDriver, ScenarioSession } from './scenario-driver.ts';
import type { Scenario } from './scenario.ts';

/** A change of another kind than Ingress may take one more round. */
const PATIENCE_MS = 5000;
/** Of a class that no scenario changes. */
const MARKER_CLASS = 'gatehouse-e2e';

export interface ApiServerDriver extends ScenarioDriver {
  close(): Promise<void>;
}

export async function createApiServerDriver(server: ApiServer): Promise<ApiServerDriver> {
  const api = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger: new RecordingLogger() });
  const objects = new ClusterObjects(api);
  let shared: Promise<Gate> | undefined;
  let marks = 0;
  return {
    name: 'apiServer',
    async open(scenario) {
      const { startBackend, closeBackends } = backendsOnThisMachine();
      const isShared = (scenario.flags ?? []).length === 0;
      const session = isShared ? await openShared() : openOwn(scenario);
      return {
        get ports() {
          return session.ports;
        },
        apply: (documents) => session.apply(withUsualClass(documents)),
        ask: session.ask,
        problems: session.problems,
        patienceMs: PATIENCE_MS,
        startBackend,
        async close() {
          await session.close();
          await objects.removeAll();
          await closeBackends();
        },
      };
    },
    async close() {
      await (await shared)?.close();
      await api.close();
    },
  };

  type OwnSession = Pick<ScenarioSession, 'apply' | 'ask' | 'close' | 'ports' | 'problems'>;

  async function openShared(): Promise<OwnSession> {
    shared ??= startShared(api, server.adminKubeconfig);
    const gate = await shared;
    const askGate = (question: Question): ReturnType<typeof ask> => ask(gate, question);
    return {
      ports: gate,
      async apply(documents) {
        marks += 1;
        await objects.replaceBy([documents, markerDocument(marks, MARKER_CLASS)].join('\n---\n'));
        await untilMarked({ count: marks, inARow: 1, ask: askGate });
      },
      ask: askGate,
      problems: () => describeProblems(gate.problems().filter(({ object }) => object.name !== MARKER)),
      close: () => Promise.resolve(),
    };
  }

  function openOwn({ flags = [] }: Scenario): OwnSession {
    let gate: Gate | undefined;
    const opened = (): Gate => {
      if (gate === undefined) throw new Error('no objects have been applied');
      return gate;
    };
    return {
      get ports() {
        return opened();
      },
      async apply(documents) {
        if (gate === undefined) {
          await objects.replaceBy(documents);
          gate = await startGate({ kubeconfig: server.adminKubeconfig, flags });
          return;
        }
        let applied: Promise<void> | undefined;
        await gate.change(() => {
          applied = objects.replaceBy(documents);
        });
        await applied;
      },
      ask: (question) => ask(opened(), question),
      problems: () => describeProblems(opened().problems()),
      close: async () => gate?.close(),
    };
  }
}

/** A cluster has an IngressClass `nginx` from the deployment, unless a scenario says what it is. */
function withUsualClass(documents: string): string {
  const isTold = readObjects(documents).some(
    ({ kind, metadata }) => kind === 'IngressClass' && metadata.name === 'nginx',
  );
  return isTold ? documents : [documents, JSON.stringify(anIngressClass('nginx'))].join('\n---\n');
}

function anIngressClass(name: string): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name },
    spec: { controller: 'k8s.io/ingress-nginx' },
  };
}

async function startShared(api: KubeApi, kubeconfig: string): Promise<Gate> {
  await api.send({
    method: 'POST',
    path: '/apis/networking.k8s.io/v1/ingressclasses',
    body: anIngressClass(MARKER_CLASS),
  });
  return startGate({ kubeconfig });
}

function backendsOnThisMachine(): Pick<ScenarioSession, 'startBackend'> & { closeBackends(): Promise<void> } {
  const backends: ScenarioBackend[] = [];
  const address = nonLoopbackAddress();
  return {
    async startBackend(name, kind) {
      const backend = await startScenarioBackend(name, { kind, address });
      backends.push(backend);
      return { address, port: backend.port };
    },
    async closeBackends() {
      await Promise.all(backends.map((backend) => backend.close()));
    },
  };
}
