import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ask, type GatePorts } from './harness/ask.ts';
import { eventually, kindCluster, NAMESPACE, type KindCluster } from './harness/kind-cluster.ts';
import { deployWorkload, type Workload } from './harness/kind-workload.ts';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const DIRECTORY = join(import.meta.dirname, '../../dist/e2e/tcp-services');
const PORT = 9000;
const CONTROLLER = 'deployment/ingress-nginx-controller';

/** An overlay as its users write it: the component, the port in the ConfigMap, the Service and the NetworkPolicy. */
function writeOverlay(service: string): void {
  const from = (part: string): string => relative(DIRECTORY, join(DEPLOY, part));
  const patch = (kind: string, name: string, operations: readonly object[]): object => ({
    target: { kind, name },
    patch: JSON.stringify(operations),
  });
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [from('overlays/kind')],
    components: [from('components/tcp-udp-services')],
    patches: [
      patch('ConfigMap', 'tcp-services', [{ op: 'add', path: '/data', value: { [String(PORT)]: service } }]),
      patch('Service', 'ingress-nginx', [
        { op: 'add', path: '/spec/ports/-', value: { name: 'tcp', port: PORT, targetPort: PORT } },
      ]),
      patch('NetworkPolicy', 'ingress-nginx-controller', [
        { op: 'add', path: '/spec/ingress/-', value: { ports: [{ protocol: 'TCP', port: PORT }] } },
      ]),
    ],
  };
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(join(DIRECTORY, 'kustomization.yaml'), JSON.stringify(kustomization));
}

describe('a TCP service, named in the ConfigMap', () => {
  let cluster: KindCluster;
  let workload: Workload;
  let gate: Required<GatePorts>;

  const apply = async (overlay: string): Promise<void> => {
    await cluster.kubectl(['apply', '-k', overlay]);
    await cluster.kubectl(['rollout', 'status', '-n', NAMESPACE, CONTROLLER, '--timeout=150s']);
  };
  const name = (service: string): Promise<string> => {
    const patch = JSON.stringify({ data: { [String(PORT)]: service } });
    return cluster.kubectl(['patch', 'configmap/tcp-services', '-n', NAMESPACE, '--type=merge', '-p', patch]);
  };
  const askOverTcp = (): ReturnType<typeof ask> => ask(gate, { ask: 'GET http://whatever.example.org/over-tcp' });

  beforeAll(async () => {
    cluster = kindCluster();
    workload = await deployWorkload(cluster, { name: 'tcp', replicas: 1, className: 'nginx' });
    writeOverlay(`${workload.namespace}/web:80`);
    await apply(DIRECTORY);
    const { spec } = await cluster.get<{ spec: { ports: { name: string; nodePort: number }[] } }>(
      'service',
      'ingress-nginx',
      '-n',
      NAMESPACE,
    );
    const httpPort = spec.ports.find((port) => port.name === 'tcp')?.nodePort ?? 0;
    gate = { ...(await cluster.gate()), httpPort };
  }, 300_000);

  afterAll(async () => {
    await workload.remove();
    await apply(join(DEPLOY, 'overlays/kind'));
    await cluster.kubectl(['delete', 'configmap', 'tcp-services', 'udp-services', '-n', NAMESPACE]);
  }, 200_000);

  it('is reached on its port, whatever is spoken there', async () => {
    await eventually(async () => {
      const { status, body } = await askOverTcp();
      expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ path: '/over-tcp' })]);
      // Nothing of HTTP was changed on the way.
      expect(body).not.toContain('x-forwarded-for');
    }, 30_000);
  }, 60_000);

  it('ends when the ConfigMap names a Service that is not there, and comes back', async () => {
    await name(`${workload.namespace}/nowhere:80`);
    await eventually(() => expect(askOverTcp()).rejects.toThrow(/ECONNRE|hang up/), 30_000);
    await name(`${workload.namespace}/web:80`);
    await eventually(async () => expect(await askOverTcp()).toMatchObject({ status: 200 }), 30_000);
  }, 90_000);
});
