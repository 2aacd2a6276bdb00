/**
 * Duty: as many Ingresses with two paths each as asked for, each with a host, a Service and an EndpointSlice of its own.
 */
import type { AnyObject, Ingress } from '@gatehouse/kube-model';
import { anEndpointSlice, anIngress, aService } from '@gatehouse/testing';

/** The Ingress number `index`; `version` makes another form of it. */
export function numberedIngress(index: number, version = 0): Ingress {
  const namespace = `team-${index % 50}`;
  const backend = `app-${index}:80`;
  return anIngress({
    name: `app-${index}`,
    namespace,
    createdAtMs: 1_700_000_000_000 + index * 1000,
    annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '8m' },
    rules: [
      {
        host: `app-${index}.team-${index % 50}.example.com`,
        paths: [
          { path: '/', backend },
          { path: `/api/v${version}`, backend },
        ],
      },
    ],
  });
}

export function manyObjects(count: number): readonly AnyObject[] {
  return Array.from({ length: count }, (_, index): readonly AnyObject[] => {
    const namespace = `team-${index % 50}`;
    const name = `app-${index}`;
    const addresses = [0, 1, 2].map((pod) => `10.${index >> 14}.${(index >> 6) & 255}.${((index & 63) << 2) + pod}`);
    return [
      numberedIngress(index),
      aService({ name, namespace }),
      anEndpointSlice({ service: name, namespace, addresses }),
    ];
  }).flat();
}
