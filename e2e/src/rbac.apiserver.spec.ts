import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { permissions, type Permission } from '@gatehouse/kube-client';
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

const LEASE = 'ingress-controller-leader';
const rightsOf = (table: readonly Permission[]): readonly Right[] =>
  table.flatMap(({ scope, apiGroup, resource, verbs, namedByFlag }) =>
    verbs.map((verb) => ({
      scope: scope === 'cluster' ? '*' : NAMESPACE,
      group: apiGroup,
      resource,
      verb,
      ...(namedByFlag === undefined ? {} : { name: LEASE }),
    })),
  );
const isOnNodes = ({ resource }: Permission): boolean => resource === 'nodes';
const controllerRights = rightsOf(permissions.filter((permission) => !isOnNodes(permission)));
const WEBHOOK_READS = { 'networking.k8s.io': ['ingresses', 'ingressclasses'], '': ['services', 'namespaces'] };
const webhookRights: readonly Right[] = Object.entries(WEBHOOK_READS).flatMap(([group, resources]) =>
  resources.flatMap((resource) => ['list', 'watch'].map((verb) => ({ scope: '*', group, resource, verb }))),
);
/** By ServiceAccount. */
const WORKLOADS: Readonly<Record<string, readonly Right[]>> = {
  'ingress-nginx': controllerRights,
  'ingress-nginx-admission': webhookRights,
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
  it('are for the controller those that its code asks for, and no more', async () => {
    expect(sorted(grantedTo('ingress-nginx', await readManifests('base')))).toEqual(sorted(controllerRights));
  });

  it('have the nodes as well where no Service is published', async () => {
    const withNodes = [...controllerRights, ...rightsOf(permissions.filter(isOnNodes))];
    const granted = grantedTo('ingress-nginx', await readManifests('overlays/host-network'));
    expect(sorted(granted)).toEqual(sorted(withNodes));
  });

  it.each(OVERLAYS)('are for the others what they need to read, or nothing: %s', async (path) => {
    const objects = await readManifests(path);
    const prefix = ofKind(objects, 'ServiceAccount')[0]?.metadata.name.startsWith('gatehouse-') ? 'gatehouse-' : '';
    expect(sorted(grantedTo(`${prefix}ingress-nginx-admission`, objects))).toEqual(sorted(webhookRights));
    expect(grantedTo(`${prefix}ingress-nginx-default-backend`, objects)).toEqual([]);
  });

  it('are the same beside another ingress-nginx, but for the name of the Lease', async () => {
    const rights = controllerRights.map((right) => ('name' in right ? { ...right, name: 'gatehouse-leader' } : right));
    for (const path of ['overlays/side-by-side', 'overlays/switched']) {
      expect(sorted(grantedTo('gatehouse-ingress-nginx', await readManifests(path)))).toEqual(sorted(rights));
    }
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

  /** Every verb on every resource: in our namespace, in another, and in all at once; by any name, and by the Lease's. */
  const everyRight = (): readonly Right[] => {
    const asked = resources.flatMap(({ group, name, namespaced }) =>
      (namespaced ? [NAMESPACE, OTHER, '*'] : ['*']).flatMap((scope) =>
        EVERY_VERB.map((verb): Right => ({ scope, group, resource: name, verb })),
      ),
    );
    const special = SPECIAL.map(([group, resource, verb]): Right => ({ scope: '*', group, resource, verb }));
    const named = asked.filter(({ resource }) => resource === 'leases').map((right) => ({ ...right, name: LEASE }));
    return [...asked, ...special, ...named].filter((right) => !isAboutOneself(right));
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
