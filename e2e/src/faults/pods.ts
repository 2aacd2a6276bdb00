/**
 * Duty: Services as Kubernetes has them while their Pods come and go.
 */
import type { EchoBackend } from '../harness/echo-backend.ts';

export interface PodsShape {
  readonly address: string;
  readonly ready: readonly EchoBackend[];
  /** They were told to end, and serve on for a moment. */
  readonly terminating?: readonly EchoBackend[];
}

/** A Service with port 80. Each of its Pods has a slice of its own, since their ports differ. */
export function serviceWith(name: string, { address, ready, terminating = [] }: PodsShape): readonly object[] {
  const spec = { ports: [{ name: 'http', port: 80 }] };
  const sliceOf = ({ port }: EchoBackend, conditions: object): object => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-${port}`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions }],
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  });
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec },
    ...ready.map((pod) => sliceOf(pod, { ready: true, serving: true, terminating: false })),
    ...terminating.map((pod) => sliceOf(pod, { ready: false, serving: true, terminating: true })),
  ];
}
