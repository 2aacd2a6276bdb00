/**
 * Duty: Ingresses in which hosts, paths, backends, annotations and spec.tls are right, wrong, doubled and at odds, as
 * generated data. The Services `tea-svc` (fine), `self` (leads to this machine) and `gone` (missing) are asked for.
 */
import fc from 'fast-check';

const PREFIX = 'nginx.ingress.kubernetes.io';

interface Path {
  readonly path: string;
  readonly pathType: string;
  readonly backend: unknown;
}

interface Rule {
  readonly host: string;
  readonly paths: readonly Path[];
}

interface Tls {
  readonly hosts: readonly string[];
  readonly secretName: string;
}

/** An Ingress in which nearly everything may be wrong. */
export interface OddIngress {
  readonly rules: readonly Rule[];
  readonly tls: readonly Tls[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly hasDefaultBackend: boolean;
}

const service = (name: string) => ({ service: { name, port: { number: 80 } } });

/** As the API server sends it: `default/candidate`, created in 2021, unless `metadata` says something else. */
export function oddIngressJson(
  { rules, tls, annotations, hasDefaultBackend }: OddIngress,
  metadata: object = {},
): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'candidate',
      namespace: 'default',
      creationTimestamp: '2021-01-01T00:00:00Z',
      annotations,
      ...metadata,
    },
    spec: {
      ingressClassName: 'nginx',
      rules: rules.map(({ host, paths }) => ({ host, http: { paths } })),
      tls,
      ...(hasDefaultBackend ? { defaultBackend: service('tea-svc') } : {}),
    },
  };
}

const hosts = fc.constantFrom('a.example.com', 'b.example.com', '*.example.com', '10.0.0.1', 'A_B', '');
/** Paths that are the same to a server lead to the same: which of them is served is no matter then. */
const backends: Readonly<Record<string, unknown>> = {
  '/': service('tea-svc'),
  '/x': service('gone'),
  '/x/': service('gone'),
  '/a%C3%A9': service('self'),
  '/aé': service('self'),
  '/x//y': {},
  '/y(/|$)(.*)': { resource: { kind: 'X' } },
  '/(': service('tea-svc'),
  y: service('tea-svc'),
  '/api': {},
};
const paths: fc.Arbitrary<Path> = fc
  .record({
    path: fc.constantFrom(...Object.keys(backends)),
    pathType: fc.constantFrom('Prefix', 'Exact', 'ImplementationSpecific', 'Odd'),
  })
  .map((path) => ({ ...path, backend: backends[path.path] }));
const rules: fc.Arbitrary<Rule> = fc.record({ host: hosts, paths: fc.array(paths, { maxLength: 3 }) });
const annotations = fc.record(
  {
    [`${PREFIX}/use-regex`]: fc.constantFrom('true', 'maybe'),
    [`${PREFIX}/rewrite-target`]: fc.constantFrom('/$2', '/x', '$'),
    [`${PREFIX}/proxy-body-size`]: fc.constantFrom('8m', 'much'),
    [`${PREFIX}/auth-type`]: fc.constantFrom('basic', 'magic'),
    [`${PREFIX}/server-snippet`]: fc.constant('return 200;'),
    [`${PREFIX}/app-root`]: fc.constantFrom('/x', 'x'),
    [`${PREFIX}/default-backend`]: fc.constantFrom('tea-svc', 'self', 'gone'),
    [`${PREFIX}/canary`]: fc.constantFrom('true', 'false', 'x'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;
export const oddIngresses: fc.Arbitrary<OddIngress> = fc.record({
  rules: fc.array(rules, { maxLength: 4 }),
  tls: fc.array(
    fc.record({
      hosts: fc.array(
        hosts.filter((host) => host !== ''),
        { maxLength: 2 },
      ),
      secretName: fc.constantFrom('', 's', 't'),
    }),
    {
      maxLength: 2,
    },
  ),
  annotations: fc.oneof(fc.constant({}), annotations),
  hasDefaultBackend: fc.boolean(),
});
