/**
 * Duty: objects for tests in as few words as possible: what a test does not name is ordinary and harmless.
 */
import { objectKey, type ObjectKey, type ObjectKind } from '@gatehouse/core';
import { ObjectStore } from '@gatehouse/kube-model';
import type {
  AnyObject,
  ConfigMap,
  Endpoint,
  EndpointPort,
  EndpointSlice,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressTls,
  KubeObject,
  Namespace,
  Secret,
  Service,
  ServicePort,
  Snapshot,
} from '@gatehouse/kube-model';
import { makeCertificate } from './certificate.ts';

/** What every builder takes; the namespace is `default`. */
interface Named {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly createdAtMs?: number;
}

/** A backend as an object, or in short `tea-svc:80` (port number) or `tea-svc:http` (port name). */
export type BackendShape = IngressBackend | string;

export interface RuleShape {
  readonly host?: string;
  /** `pathType` is Prefix unless named. Left out: one path `/`, to `backend` or `tea-svc:80`. */
  readonly paths?: readonly { readonly path?: string; readonly pathType?: string; readonly backend?: BackendShape }[];
}

export interface IngressShape extends Named {
  readonly apiVersion?: Ingress['apiVersion'];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly className?: string;
  readonly defaultBackend?: BackendShape;
  readonly rules?: readonly RuleShape[];
  readonly tls?: readonly Partial<IngressTls>[];
  readonly statusAddresses?: Ingress['statusAddresses'];
}

/** An Ingress `default/cafe` of class nginx without rules. */
export function anIngress(shape: IngressShape = {}): Ingress {
  const { defaultBackend } = shape;
  return Object.freeze({
    ...metadata('Ingress', { name: 'cafe', ...shape }),
    kind: 'Ingress',
    apiVersion: shape.apiVersion ?? 'networking.k8s.io/v1',
    annotations: new Map(Object.entries(shape.annotations ?? {})),
    className: shape.className ?? 'nginx',
    ...(defaultBackend === undefined ? {} : { defaultBackend: backendOf(defaultBackend) }),
    rules: (shape.rules ?? []).map(({ host = '', paths = [{}] }) => ({
      host,
      paths: paths.map(({ path = '/', pathType = 'Prefix', backend = 'tea-svc:80' }) => ({
        path,
        pathType,
        backend: backendOf(backend),
      })),
    })),
    tls: (shape.tls ?? []).map(({ hosts = [], secretName = '' }) => ({ hosts, secretName })),
    statusAddresses: shape.statusAddresses ?? [],
  });
}

/** An IngressClass `nginx` with the controller of ingress-nginx. */
export function anIngressClass(
  shape: Named & Partial<Pick<IngressClass, 'controller' | 'isDefault'>> = {},
): IngressClass {
  return Object.freeze({
    ...metadata('IngressClass', { name: 'nginx', ...shape, namespace: '' }),
    kind: 'IngressClass',
    controller: shape.controller ?? 'k8s.io/ingress-nginx',
    isDefault: shape.isDefault ?? false,
  });
}

const PLAIN_PORT = { name: '', protocol: 'TCP' } as const;

export interface ServiceShape extends Named, Partial<Omit<Service, 'kind' | 'ports' | keyof KubeObject>> {
  readonly ports?: readonly (Partial<ServicePort> & Pick<ServicePort, 'port'>)[];
}

/** A Service `default/tea-svc` with port 80 called http. */
export function aService(shape: ServiceShape = {}): Service {
  return Object.freeze({
    ...metadata('Service', { name: 'tea-svc', ...shape }),
    kind: 'Service',
    type: shape.type ?? 'ClusterIP',
    clusterIp: shape.clusterIp ?? '10.96.0.10',
    externalName: shape.externalName ?? '',
    externalIps: shape.externalIps ?? [],
    loadBalancerAddresses: shape.loadBalancerAddresses ?? [],
    hasSelector: shape.hasSelector ?? true,
    ports: (shape.ports ?? [{ name: 'http', port: 80, targetPort: 8080 }]).map((port) => ({ ...PLAIN_PORT, ...port })),
  });
}

export interface EndpointSliceShape extends Named, Partial<Pick<EndpointSlice, 'addressType'>> {
  /** Name of the Service, in the same namespace. */
  readonly service?: string;
  /** Addresses of ready endpoints in short, instead of `endpoints`. */
  readonly addresses?: readonly string[];
  readonly endpoints?: readonly Endpoint[];
  readonly ports?: readonly (Partial<EndpointPort> & Pick<EndpointPort, 'port'>)[];
}

/** A slice of Service `default/tea-svc` with one ready endpoint 10.1.0.1 and port 8080 called http. */
export function anEndpointSlice(shape: EndpointSliceShape = {}): EndpointSlice {
  const { service = 'tea-svc', addresses = ['10.1.0.1'] } = shape;
  const head = metadata('EndpointSlice', { name: `${service}-1`, ...shape });
  return Object.freeze({
    ...head,
    kind: 'EndpointSlice',
    serviceKey: objectKey(head.ref.namespace, service),
    addressType: shape.addressType ?? 'IPv4',
    endpoints: shape.endpoints ?? addresses.map((address) => ({ addresses: [address], ready: true })),
    ports: (shape.ports ?? [{ name: 'http', port: 8080 }]).map((port) => ({ ...PLAIN_PORT, ...port })),
  });
}

export interface SecretShape extends Named {
  readonly secretType?: string;
  readonly data?: Readonly<Record<string, string | Uint8Array>>;
}

/** An Opaque Secret `default/secret`; values are the decoded ones. */
export function aSecret(shape: SecretShape = {}): Secret {
  const entries = Object.entries(shape.data ?? {});
  return Object.freeze({
    ...metadata('Secret', { name: 'secret', ...shape }),
    kind: 'Secret',
    secretType: shape.secretType ?? 'Opaque',
    data: new Map(entries.map(([key, value]) => [key, typeof value === 'string' ? Buffer.from(value) : value])),
  });
}

const tlsPairs = new Map<string, ReturnType<typeof makeCertificate>>();

/**
 * A Secret `default/cafe-secret` with a real self-signed certificate for `hosts` (cafe.example.com), valid for ten
 * years from now. The key pair is made once for each list of hosts.
 */
export async function aTlsSecret(shape: Named & { readonly hosts?: readonly string[] } = {}): Promise<Secret> {
  const hosts = shape.hosts ?? ['cafe.example.com'];
  const cacheKey = hosts.join(' ');
  const pair = tlsPairs.get(cacheKey) ?? makeCertificate({ hosts });
  tlsPairs.set(cacheKey, pair);
  const { certPem, keyPem } = await pair;
  const data = { 'tls.crt': certPem, 'tls.key': keyPem };
  return aSecret({ name: 'cafe-secret', ...shape, secretType: 'kubernetes.io/tls', data });
}

/** A ConfigMap `default/config`. */
export function aConfigMap(shape: Named & { readonly data?: Readonly<Record<string, string>> } = {}): ConfigMap {
  const data = new Map(Object.entries(shape.data ?? {}));
  return Object.freeze({ ...metadata('ConfigMap', { name: 'config', ...shape }), kind: 'ConfigMap', data });
}

/** A Namespace `default`. */
export function aNamespace(shape: Named & { readonly labels?: Readonly<Record<string, string>> } = {}): Namespace {
  const labels = new Map(Object.entries(shape.labels ?? {}));
  const head = metadata('Namespace', { name: 'default', ...shape, namespace: '' });
  return Object.freeze({ ...head, kind: 'Namespace', labels });
}

/** The snapshot of exactly these objects. */
export function snapshotOf(objects: readonly AnyObject[]): Snapshot {
  const store = new ObjectStore();
  store.replaceAll(objects);
  return store.snapshot();
}

function metadata(kind: ObjectKind, { name = '', namespace = 'default', ...rest }: Named): KubeObject {
  const key: ObjectKey = objectKey(namespace, name);
  return {
    ref: Object.freeze({ kind, namespace, name }),
    key,
    uid: rest.uid ?? '',
    resourceVersion: rest.resourceVersion ?? '',
    createdAtMs: rest.createdAtMs ?? 0,
  };
}

function backendOf(shape: BackendShape): IngressBackend {
  if (typeof shape !== 'string') return shape;
  const [name = '', port = ''] = shape.split(':');
  const isNumber = /^\d+$/.test(port);
  return {
    kind: 'service',
    name,
    port: isNumber ? { kind: 'number', number: Number(port) } : { kind: 'name', name: port },
  };
}
