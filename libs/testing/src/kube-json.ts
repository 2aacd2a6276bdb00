/**
 * Duty: objects as the JSON that an API server takes, in as few words as possible.
 */
import type { KubeJson } from './fake-api-server.ts';

const NAMESPACE = 'default';

export function ingressJson(name: string, secretName = '', namespace = NAMESPACE): KubeJson {
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: `${name}.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      ...(secretName === '' ? {} : { tls: [{ hosts: [`${name}.example.com`], secretName }] }),
    },
  };
}

export function ingressClassJson(name: string): KubeJson {
  const spec = { controller: 'k8s.io/ingress-nginx' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name }, spec };
}

export function serviceJson(name: string, port = 80, namespace = NAMESPACE): KubeJson {
  const spec = { type: 'ClusterIP', clusterIP: 'None', ports: [{ port, protocol: 'TCP' }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec };
}

export function endpointSliceJson(service: string, address: string, namespace = NAMESPACE): KubeJson {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  };
}

export function secretJson(name: string, text: string, namespace = NAMESPACE): KubeJson {
  const data = { text: Buffer.from(text).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque', data };
}

export function configMapJson(name: string, data: Readonly<Record<string, string>>, namespace = NAMESPACE): KubeJson {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

export function namespaceJson(name: string, labels: Readonly<Record<string, string>> = {}): KubeJson {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}
