/**
 * Duty: the objects of a cluster with many applications, and making them at an API server.
 */
import type { KubeApi, KubeRequest } from '@gatehouse/kube-client';

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

const NAMESPACES = 20;
const AT_ONCE = 24;
/** Of Pods that nobody asks; TEST-NET-2 leads nowhere. */
const NOBODY = { address: '198.51.100.1', port: 8080 };

export const namespaceOf = (index: number): string => `team-${index % NAMESPACES}`;
export const hostOf = (name: string): string => `${name}.example.com`;

/** What there is before applications: the IngressClass and their namespaces. */
export async function makeSurroundings(api: KubeApi): Promise<void> {
  await api.send({
    method: 'POST',
    path: '/apis/networking.k8s.io/v1/ingressclasses',
    body: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
  });
  await inParallel(range(0, NAMESPACES), (index) => {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceOf(index) } };
    return api.send({ method: 'POST', path: '/api/v1/namespaces', body });
  });
}

/** Applications `from` up to, but without, `to`: a Service, its EndpointSlice and an Ingress each. */
export async function makeApplications(
  api: KubeApi,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  await inParallel(range(from, to), async (index) => {
    const [name, namespace] = [`app-${index}`, namespaceOf(index)];
    await create(api, service(name, namespace));
    await create(api, endpointSlice({ name, namespace, endpoints: [NOBODY] }));
    await create(api, ingress({ name, namespace, service: name }));
  });
}

/** One after another is not what `kubectl apply` of many files or a GitOps tool does; so many requests are under way. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

export interface PlainObject {
  readonly apiVersion: string;
  readonly kind: keyof typeof PLURALS;
  readonly metadata: { readonly name: string; readonly namespace: string };
}

const PLURALS = { Service: 'services', EndpointSlice: 'endpointslices', Ingress: 'ingresses' } as const;

export function pathOf({ apiVersion, kind, metadata }: PlainObject): string {
  const group = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return `${group}/namespaces/${metadata.namespace}/${PLURALS[kind]}`;
}

/** The answer is the object as it is stored. */
export function create(api: KubeApi, object: PlainObject, query: KubeRequest['query'] = {}): Promise<unknown> {
  return api.send({ method: 'POST', path: pathOf(object), query, body: object });
}

/** Makes the object of this name have what stands here; what it has besides stays. The answer is the whole of it. */
export function patch(api: KubeApi, object: PlainObject, query: KubeRequest['query'] = {}): Promise<unknown> {
  const path = `${pathOf(object)}/${object.metadata.name}`;
  return api.send({ method: 'PATCH', path, query, contentType: 'application/merge-patch+json', body: object });
}

export function service(name: string, namespace: string): PlainObject {
  const spec = { ports: [{ name: 'http', port: 80, targetPort: 8080 }], selector: { app: name } };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec } as PlainObject;
}

export interface SliceShape {
  readonly name: string;
  readonly namespace: string;
  readonly endpoints: readonly Endpoint[];
}

export function endpointSlice({ name, namespace, endpoints }: SliceShape): PlainObject {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice' as const,
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: endpoints.map(({ address }) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'http', port: endpoints[0]?.port ?? 1, protocol: 'TCP' }],
  };
  return slice;
}

export interface IngressWords {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
}

export function ingress({ name, namespace, service: serviceName }: IngressWords): PlainObject {
  const backend = { service: { name: serviceName, port: { number: 80 } } };
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress' as const,
    metadata: { name, namespace, annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '8m' } },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: hostOf(name),
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend },
              { path: '/api', pathType: 'Prefix', backend },
            ],
          },
        },
      ],
    },
  };
  return object;
}
