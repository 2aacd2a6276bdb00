/**
 * Duty: the objects of a cluster that the gate guards: every application has a host of its own and a path on a host that
 * ten share, as the many teams of a shop have.
 */
import type { KubeApi } from '@gatehouse/kube-client';
import { create, hostOf, inParallel, namespaceOf, range, service, type PlainObject } from '../cluster/objects.ts';

const SHARING_A_HOST = 10;

export const appOf = (index: number): string => `app-${index}`;
/** The host that the application shares. */
export const shopOf = (index: number): string => hostOf(`shop-${Math.floor(index / SHARING_A_HOST)}`);

export interface GateIngressWords {
  readonly name: string;
  readonly namespace: string;
  /** A Service of the namespace, with port 80. */
  readonly service: string;
  readonly rules: readonly { readonly host: string; readonly paths: readonly string[] }[];
  /** Without the prefix, beside the usual ones. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly pathType?: 'ImplementationSpecific' | 'Prefix';
}

const USUAL = { 'proxy-body-size': '8m', 'proxy-read-timeout': '30', 'ssl-redirect': 'true' };

export function gateIngress(words: GateIngressWords): PlainObject {
  const { name, namespace, rules, pathType = 'Prefix' } = words;
  const backend = { service: { name: words.service, port: { number: 80 } } };
  const annotations = Object.entries({ ...USUAL, ...words.annotations }).map(
    ([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value] as const,
  );
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress' as const,
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: Object.fromEntries(annotations),
    },
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: rules.map(({ host }) => host), secretName: `${name}-tls` }],
      rules: rules.map(({ host, paths }) => ({
        host,
        http: { paths: paths.map((path) => ({ path, pathType, backend })) },
      })),
    },
  };
  return object;
}

/** The Ingress of an application, with `changes` in it. */
export function applicationIngress(index: number, changes: Partial<GateIngressWords> = {}): PlainObject {
  const name = appOf(index);
  const rules = [
    { host: hostOf(name), paths: ['/', '/api'] },
    { host: shopOf(index), paths: [`/${name}`] },
  ];
  return gateIngress({ name, namespace: namespaceOf(index), service: name, rules, ...changes });
}

/** Applications `from` up to, but without, `to`: a Service and an Ingress each. */
export async function growWorld(
  api: KubeApi,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  await inParallel(range(from, to), async (index) => {
    await create(api, service(appOf(index), namespaceOf(index)));
    await create(api, applicationIngress(index));
  });
}
