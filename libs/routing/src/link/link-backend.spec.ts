import { expect, it } from '@jest/globals';
import { parseObject } from '@gatehouse/kube-model';
import { anIngressClass, resolveObjects } from '@gatehouse/testing';

it('quotes the resource that a backend names once, whatever it is called', () => {
  const resource = { apiGroup: 'k8s.example.com', kind: 'Bucket', name: 'ico"ns\u202e' };
  const reading = parseObject({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'cafe', namespace: 'default' },
    spec: {
      ingressClassName: 'nginx',
      rules: [{ host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { resource } }] } }],
    },
  });
  const { resolution } = resolveObjects([anIngressClass(), ...(reading.kind === 'ours' ? reading.objects : [])]);
  expect(resolution.problems.map(({ message }) => message)).toEqual([
    String.raw`the backend is the resource "Bucket.k8s.example.com ico\"ns\u202e", and only Services are supported`,
  ]);
});
