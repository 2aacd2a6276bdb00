import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { permissionsOf, type Asker, type Permission } from '@gatehouse/kube-client';
import { startApiServer, type ApiServer } from '@gatehouse/testing';
import { callAs, discoverResources, type ApiCaller, type ApiResource } from './harness/api-caller.ts';
import { NAMESPACE, ofKind, OVERLAYS, readManifests, toYamlStream, type KubeObject } from './harness/deployment.ts';

/** One thing that may be done; the scope is a namespace, or `*` for all of them and for what lies in none. */
interface Right {
  readonly scope: string;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name?: string;
}
const show = ({ scope, group, resource, verb, name }: Right): string =>
  `${scope}: ${verb} ${resource}.${group}${name === undefined ? '' : `/${name}`}`;

/** What the deployment calls the objects that flags name. */
const NAMES: Readonly<Record<string, string>> = {
  '--election-id': 'ingress-controller-leader',
  '--configmap': 'nginx-configuration',
  '--policy-configmap': 'ingress-nginx-policy',
  '--certificate-secret': 'ingress-nginx-admission-certificate',
  '--webhook-configuration': 'ingress-nginx-admission',
};
/** What they are called beside another ingress-nginx. */
const SWITCHED_NAMES: Readonly<Record<string, string>> = {
  ...NAMES,
  '--election-id': 'gatehouse-leader',
  '--configmap': 'ingress-nginx-controller',
  '--certificate-secret': 'gatehouse-ingress-nginx-admission-certificate',
  '--webhook-configuration': 'gatehouse-ingress-nginx-admission',
};
const isSwitched = (path: string): boolean => /side-by-side|switched/.test(path);
const namesIn = (path: string): Readonly<Record<string, string>> => (isSwitched(path) ? SWITCHED_NAMES : NAMES);

const isOnNodes = ({ resource }: Permission): boolean => resource === 'nodes';
/** The flags that another way to a certificate makes needless. */
const OWN_CERTIFICATE = ['--certificate-secret', '--webhook-configuration'];
/** Whether the deployment gives the flag, if one is needed. */
const isNeeded = ({ namedByFlag }: Permission, path: string): boolean =>
  namedByFlag === undefined ||
  (namedByFlag in NAMES && !(path === 'overlays/cert-manager' && OWN_CERTIFICATE.includes(namedByFlag)));
/** What the code of a workload asks for, by the names of an overlay. */
const rightsOf = (asker: Asker, path = 'base'): readonly Right[] =>
  permissionsOf(asker)
    .filter((permission) => !isOnNodes(permission) || path === 'overlays/host-network')
    .filter((permission) => isNeeded(permission, path))
    .flatMap(({ scope, apiGroup, resource, verbs, namedByFlag }) =>
      verbs.map((verb) => ({
        scope: scope === 'cluster' ? '*' : NAMESPACE,
        group: apiGroup,
        resource,
        verb,
        ...(namedByFlag === undefined ? {} : { name: namesIn(path)[namedByFlag]! }),
      })),
    );
/** By ServiceAccount. */
const WORKLOADS: Readonly<Record<string, readonly Right[]>> = {
  'ingress-nginx': rightsOf('controller'),
  'ingress-nginx-admission': rightsOf('admission-webhook'),
  'ingress-nginx-default-backend': [],
};

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}
interface Role extends KubeObject {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
}

/** What the manifests give a ServiceAccount. */
function grantedTo(account: string, objects: readonly KubeObject[]): readonly Right[] {
  const bindings = [...ofKind(objects, 'RoleBinding'), ...ofKind(objects, 'ClusterRoleBinding')];
  return (bindings as Binding[])
    .filter(({ subjects }) => subjects.some(({ name }) => name === account))
    .flatMap(({ metadata, roleRef }) => {
      const role = ofKind(objects, roleRef.kind).find(({ metadata: { name } }) => name === roleRef.name) as Role;
      const scope = metadata.namespace ?? '*';
      return role.rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.flatMap((verb) =>
              resourceNames.map((name) => ({ scope, group, resource, verb, ...(name === undefined ? {} : { name }) })),
            ),
          ),
        ),
      );
    });
}
const sorted = (rights: readonly Right[]): readonly string[] => rights.map(show).toSorted();

describe('the permissions in the manifests', () => {
  it.each(OVERLAYS)('are those that the code of each workload asks for, and no more: %s', async (path) => {
    const objects = await readManifests(path);
    const prefix = isSwitched(path) ? 'gatehouse-' : '';
    expect(sorted(grantedTo(`${prefix}ingress-nginx`, objects))).toEqual(sorted(rightsOf('controller', path)));
    const granted = grantedTo(`${prefix}ingress-nginx-admission`, objects);
    expect(sorted(granted)).toEqual(sorted(rightsOf('admission-webhook', path)));
    expect(grantedTo(`${prefix}ingress-nginx-default-backend`, objects)).toEqual([]);
  });
});

describe('under the token of each ServiceAccount', () => {
  const OTHER = 'cafe';
  let server: ApiServer;
  let resources: readonly ApiResource[];
  const callers = new Map<string, ApiCaller>();

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(['apply', '-f', '-'], toYamlStream(await readManifests('base')));
    await server.kubectl(['create', 'namespace', OTHER]);
    resources = await discoverResources(server);
    for (const account of Object.keys(WORKLOADS)) callers.set(account, await callAs(server, NAMESPACE, account));
  });
  afterAll(async () => {
    for (const caller of callers.values()) caller.close();
    await server.stop();
  });

  const EVERY_VERB = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
  /** Verbs that RBAC knows beside those of requests. */
  const SPECIAL: readonly (readonly [string, string, string])[] = [
    ['', 'users', 'impersonate'],
    ['', 'groups', 'impersonate'],
    ['', 'serviceaccounts', 'impersonate'],
    ['rbac.authorization.k8s.io', 'clusterroles', 'bind'],
    ['rbac.authorization.k8s.io', 'clusterroles', 'escalate'],
    ['certificates.k8s.io', 'signers', 'approve'],
    ['certificates.k8s.io', 'signers', 'sign'],
  ];
  /** What every authenticated user may do: ask about itself. */
  const isAboutOneself = ({ group, resource }: Right): boolean =>
    ['authorization.k8s.io', 'authentication.k8s.io'].includes(group) && resource.startsWith('selfsubject');

  /** Every verb on every resource: in our namespace, in another, and in all at once; by any name, and by those that flags give. */
  const everyRight = (): readonly Right[] => {
    const asked = resources.flatMap(({ group, name, namespaced }) =>
      (namespaced ? [NAMESPACE, OTHER, '*'] : ['*']).flatMap((scope) =>
        EVERY_VERB.map((verb): Right => ({ scope, group, resource: name, verb })),
      ),
    );
    const special = SPECIAL.map(([group, resource, verb]): Right => ({ scope: '*', group, resource, verb }));
    const named = new Set(
      Object.values(WORKLOADS).flatMap((rights) => rights.filter(({ name }) => name !== undefined)),
    );
    const byName = [...named].flatMap(({ resource, name = '' }) =>
      asked.filter((right) => right.resource === resource).map((right) => ({ ...right, name })),
    );
    return [...new Map([...asked, ...special, ...byName].map((right) => [show(right), right])).values()].filter(
      (right) => !isAboutOneself(right),
    );
  };
  const isCovered = (right: Right, rights: readonly Right[]): boolean =>
    rights.some(
      ({ scope, group, resource, verb, name }) =>
        [right.scope, '*'].includes(scope) &&
        [group, resource, verb].join() === [right.group, right.resource, right.verb].join() &&
        (name === undefined || name === right.name),
    );

  it.each(Object.keys(WORKLOADS))('allows %s what its role says, and refuses everything else', async (account) => {
    const asked = everyRight();
    expect(asked.length).toBeGreaterThan(1000);
    const allowed: Right[] = [];
    for (let start = 0; start < asked.length; start += 64) {
      await Promise.all(
        asked.slice(start, start + 64).map(async (right) => {
          const { scope, group, verb, name } = right;
          const [resource = '', subresource] = right.resource.split('/');
          const isAllowed = await callers.get(account)!.may({
            ...{ group, resource, verb },
            ...(scope === '*' ? {} : { namespace: scope }),
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === undefined ? {} : { name }),
          });
          if (isAllowed) allowed.push(right);
        }),
      );
    }
    const expected = asked.filter((right) => isCovered(right, WORKLOADS[account] ?? []));
    expect(sorted(allowed)).toEqual(sorted(expected));
  });
});
