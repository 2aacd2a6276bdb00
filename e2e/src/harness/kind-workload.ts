/**
 * Duty: echo Pods behind a Service behind an Ingress in a cluster, in a namespace of their own.
 */
import type { KindCluster } from './kind-cluster.ts';

export interface Workload {
  readonly namespace: string;
  readonly host: string;
  /** Changes the Pods' template, so that the Deployment rolls; resolves when it has. */
  roll(): Promise<void>;
  remove(): Promise<void>;
}

export interface WorkloadShape {
  /** Of the namespace and of all in it. */
  readonly name: string;
  readonly replicas: number;
  /** Of the Ingress. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Left out where an annotation names the class. */
  readonly className?: string;
}

const ROLLED_WITHIN = '--timeout=90s';

/** Resolves when all Pods are ready; when nginx answers is for the caller to see. */
export async function deployWorkload(cluster: KindCluster, shape: WorkloadShape): Promise<Workload> {
  const { name: namespace } = shape;
  const host = `${namespace}.example.com`;
  const items = workloadObjects(shape, host);
  const rolled = async (): Promise<void> => {
    await cluster.kubectl(['rollout', 'status', '-n', namespace, 'deployment/web', ROLLED_WITHIN]);
  };
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await rolled();
  return {
    namespace,
    host,
    async roll() {
      await cluster.kubectl(['rollout', 'restart', '-n', namespace, 'deployment/web']);
      await rolled();
    },
    async remove() {
      await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']);
    },
  };
}

function workloadObjects({ name: namespace, replicas, annotations, className }: WorkloadShape, host: string): object[] {
  const metadata = { name: 'web', namespace };
  const labels = { app: 'web' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 10,
            containers: [
              {
                name: 'echo',
                image: 'gatehouse-e2e/echo:dev',
                ports: [{ name: 'http', containerPort: 8080 }],
                readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { ...metadata, ...(annotations === undefined ? {} : { annotations }) },
      spec: {
        ...(className === undefined ? {} : { ingressClassName: className }),
        rules: [
          {
            host,
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
  ];
}
