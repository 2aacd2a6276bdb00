/**
 * Duty: a whole Ingress out of the few words that a case needs.
 */
import type { CorpusObject } from './corpus-case.ts';
import type { ShortIngress } from './written-case.ts';

const PREFIX = 'nginx.ingress.kubernetes.io';

/** The Ingress as JSON of networking.k8s.io/v1; `caseNamespace` is its namespace, and names its host, unless it says otherwise. */
export function expandIngress(short: ShortIngress, caseNamespace: string): CorpusObject {
  const { name = 'candidate', namespace = caseNamespace, created, tls } = short;
  const { hosts = [short.host ?? `${caseNamespace}.example.com`], paths = [short.path ?? '/'] } = short;
  const backend = { service: { name: short.service ?? 'web', port: { number: short.port ?? 80 } } };
  const http = { paths: paths.map((path) => ({ path, pathType: short.pathType ?? 'Prefix', backend })) };
  const annotations = Object.entries(short.annotations ?? {}).map(([key, value]) => [
    key.includes('/') ? key : `${PREFIX}/${key}`,
    value,
  ]);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace,
      ...(created === undefined ? {} : { creationTimestamp: created }),
      annotations: Object.fromEntries(annotations) as object,
    },
    spec: {
      ...(short.class === '' ? {} : { ingressClassName: short.class ?? 'nginx' }),
      ...(tls === undefined ? {} : { tls: [{ hosts, secretName: tls }] }),
      rules: hosts.map((host) => ({ ...(host === '' ? {} : { host }), http })),
    },
  };
}
