/**
 * Duty: what is in the cluster besides the Ingresses that come and go: in each namespace Services of all kinds and a
 * certificate, and Ingresses of somebody who changes nothing.
 */
import { objectKey } from '@gatehouse/core';
import { makeCertificate } from '@gatehouse/testing';
import { NAMESPACES } from './random-ingress.ts';

/** Some hosts are of one namespace, some of several, some of everybody. */
const OWNERS = `a.example.com: default, third
f.example.com: other
example.net: third
example.org: {team=any}
*: default, other, third`;

/** Where a policy may be. */
export const POLICY = objectKey('system', 'policy');

/** Raw objects. */
export async function surroundings(): Promise<readonly object[]> {
  const { certPem, keyPem } = await makeCertificate({ hosts: ['*.example.com', 'a.example.com', '*.example.net'] });
  const secret = (namespace: string): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { namespace, name: 'cert' },
    data: { 'tls.crt': Buffer.from(certPem).toString('base64'), 'tls.key': Buffer.from(keyPem).toString('base64') },
  });
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'system', name: 'policy' },
      data: { 'host-ownership': 'enforce', 'host-owners': OWNERS },
    },
    ...NAMESPACES.flatMap((namespace, index) => [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { team: index === 0 ? 'none' : 'any' } },
      },
      secret(namespace),
      service(namespace, 'web'),
      service(namespace, 'api'),
      service(namespace, 'no-endpoints'),
      service(namespace, 'external', { type: 'ExternalName', externalName: 'backend.example' }),
      endpoints(namespace, 'web', `10.1.${index}.1`),
      endpoints(namespace, 'api', `10.1.${index}.2`),
    ]),
    neighbour('quiet', 'quiet.example.com'),
    neighbour('shop', 'a.example.com'),
    neighbour('wild', '*.example.net'),
  ];
}

function service(namespace: string, name: string, spec: object = {}): object {
  const ports = [{ name: 'http', port: 80 }];
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec: { ports, ...spec } };
}

function endpoints(namespace: string, name: string, address: string): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

function neighbour(name: string, host: string): object {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const paths = ['/', '/neighbour'].map((path) => ({ path, pathType: 'Prefix', backend }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace: 'third', name, creationTimestamp: '2024-01-01T00:00:00Z' },
    spec: { ingressClassName: 'nginx', rules: [{ host, http: { paths } }] },
  };
}
