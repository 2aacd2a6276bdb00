/**
 * Duty: the objects that a cluster would have of itself and a directory of manifests has not: the endpoints of the
 * example's Services, the default backend, and the settings for ports that are not the usual ones.
 */

export interface LocalEndpoint {
  readonly namespace: string;
  readonly service: string;
  /** Name of the Service's port. */
  readonly portName: string;
  /** On 127.0.0.1. */
  readonly port: number;
}

export const SYSTEM_NAMESPACE = 'gatehouse';
export const DEFAULT_BACKEND = 'default-backend';
export const SETTINGS = 'settings';

/** One manifest with all of them, as JSON documents (which are YAML too). */
export function renderLocalObjects(endpoints: readonly LocalEndpoint[]): string {
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: SYSTEM_NAMESPACE, name: SETTINGS },
      data: { 'use-port-in-redirects': 'true' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: SYSTEM_NAMESPACE, name: DEFAULT_BACKEND },
      spec: { ports: [{ name: 'http', port: 80 }] },
    },
    ...endpoints.map(endpointSlice),
  ];
  return `${objects.map((object) => JSON.stringify(object, null, 2)).join('\n---\n')}\n`;
}

function endpointSlice({ namespace, service, portName, port }: LocalEndpoint): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name: `${service}-local`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: portName, port, protocol: 'TCP' }],
  };
}
