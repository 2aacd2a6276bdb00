import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { permissionsOf, type Asker, type Permission } from '@gatehouse/kube-client';
import { startApiServer, type ApiServer } from '@gatehouse/testing';
import { callAs, type ApiAnswer, type ApiCaller } from './harness/api-caller.ts';
import { NAMESPACE, readManifests, toYamlStream } from './harness/deployment.ts';

const OTHER = 'cafe';
const LEASE = 'ingress-controller-leader';

const core = (namespace: string, resource: string): string => `/api/v1/namespaces/${namespace}/${resource}`;
const group = (name: string, namespace: string, resource: string): string =>
  `/apis/${name}/namespaces/${namespace}/${resource}`;
const INGRESSES = group('networking.k8s.io/v1', OTHER, 'ingresses');
const LEASES = group('coordination.k8s.io/v1', NAMESPACE, 'leases');
const EVENTS = group('events.k8s.io/v1', OTHER, 'events');

const HOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const CERTIFICATE = `${core(NAMESPACE, 'secrets')}/ingress-nginx-admission-certificate`;

/** Where an object of each resource is, that the administrator or an earlier verb has made. */
const PLACES: Readonly<Record<string, string>> = {
  ingresses: `${INGRESSES}/cafe-ingress`,
  'ingresses/status': `${INGRESSES}/cafe-ingress/status`,
  ingressclasses: '/apis/networking.k8s.io/v1/ingressclasses/nginx',
  services: `${core(OTHER, 'services')}/tea-svc`,
  endpointslices: `${group('discovery.k8s.io/v1', OTHER, 'endpointslices')}/tea-slice`,
  namespaces: `/api/v1/namespaces/${OTHER}`,
  secrets: `${core(OTHER, 'secrets')}/cafe-secret`,
  configmaps: `${core(NAMESPACE, 'configmaps')}/nginx-configuration`,
  pods: `${core(NAMESPACE, 'pods')}/one`,
  leases: `${LEASES}/${LEASE}`,
  events: `${EVENTS}/one`,
};
/** The same, where a flag of the webhook names the one object. */
const NAMED: Readonly<Record<string, string>> = {
  '--configmap': `${core(NAMESPACE, 'configmaps')}/nginx-configuration`,
  '--policy-configmap': `${core(NAMESPACE, 'configmaps')}/ingress-nginx-policy`,
  '--certificate-secret': CERTIFICATE,
  '--webhook-configuration': `${HOOKS}/ingress-nginx-admission`,
};
const LEASE_OBJECT = { metadata: { name: LEASE }, spec: { holderIdentity: 'one', leaseDurationSeconds: 30 } };
const EVENT_OBJECT = {
  metadata: { name: 'one' },
  eventTime: '2026-01-02T03:04:05.000000Z',
  ...{ action: 'Sync', reason: 'Sync', type: 'Normal', note: 'Scheduled for sync' },
  ...{ reportingController: 'nginx-ingress-controller', reportingInstance: 'one' },
  regarding: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace: OTHER, name: 'cafe-ingress' },
};
const CREATED: Readonly<Record<string, unknown>> = { leases: LEASE_OBJECT, events: EVENT_OBJECT };
const PATCHES: Readonly<Record<string, unknown>> = {
  'ingresses/status': { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
  leases: { spec: { holderIdentity: 'two' } },
  events: { series: { count: 2, lastObservedTime: '2026-01-02T03:05:05.000000Z' } },
  validatingwebhookconfigurations: { metadata: { annotations: { one: 'two' } } },
};
const UPDATED: Readonly<Record<string, unknown>> = {
  secrets: { metadata: { name: 'ingress-nginx-admission-certificate' }, stringData: { one: 'two' } },
};

describe('with the token of a ServiceAccount', () => {
  let server: ApiServer;
  let controller: ApiCaller;
  let webhook: ApiCaller;
  let defaultBackend: ApiCaller;

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(['apply', '-f', '-'], toYamlStream(await readManifests('base')));
    await server.kubectl(['create', 'namespace', OTHER]);
    const inOther = `--namespace=${OTHER}`;
    await server.kubectl([
      'create',
      inOther,
      'ingress',
      'cafe-ingress',
      '--class=nginx',
      '--rule=cafe.example.com/=tea-svc:80',
    ]);
    await server.kubectl(['create', inOther, 'service', 'clusterip', 'tea-svc', '--tcp=80:8080']);
    await server.kubectl(['create', inOther, 'secret', 'generic', 'cafe-secret', '--from-literal=a=b']);
    await server.kubectl(['create', inOther, 'configmap', 'theirs']);
    const slice = { addressType: 'IPv4', endpoints: [], ports: [], metadata: { name: 'tea-slice' } };
    await server.request('POST', group('discovery.k8s.io/v1', OTHER, 'endpointslices'), slice);
    const container = {
      ...{ name: 'one', image: 'example.com/one:1' },
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    };
    const securityContext = { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } };
    const pod = { metadata: { name: 'one' }, spec: { securityContext, containers: [container] } };
    await server.request('POST', core(NAMESPACE, 'pods'), pod);
    controller = await callAs(server, NAMESPACE, 'ingress-nginx');
    webhook = await callAs(server, NAMESPACE, 'ingress-nginx-admission');
    defaultBackend = await callAs(server, NAMESPACE, 'ingress-nginx-default-backend');
  });
  afterAll(async () => {
    for (const caller of [controller, webhook, defaultBackend]) caller.close();
    await server.stop();
  });

  /** The request that a verb stands for. */
  function ask(caller: ApiCaller, verb: string, { scope, resource, namedByFlag }: Permission): Promise<ApiAnswer> {
    const named = NAMED[namedByFlag ?? ''];
    const place = named ?? PLACES[resource]!;
    const collection = place.replace(/\/[^/]+$/, '');
    const everywhere = collection.replace(/\/namespaces\/[^/]+/, '');
    const name = place.slice(collection.length + 1);
    const where = scope === 'cluster' ? everywhere : collection;
    const only = `fieldSelector=metadata.name%3D${name}`;
    switch (verb) {
      case 'get':
        return caller.ask('GET', place);
      case 'list':
        return caller.ask('GET', `${where}?limit=10${named === undefined ? '' : `&${only}`}`);
      case 'watch':
        return caller.ask('GET', `${where}?watch=1&timeoutSeconds=1&${only}`);
      case 'create':
        return caller.ask('POST', collection, CREATED[resource]);
      case 'patch':
        return caller.ask('PATCH', place, PATCHES[resource]);
      case 'update':
        return caller.ask('PUT', place, UPDATED[resource]);
      default:
        throw new Error(`no request of a test uses the verb ${verb}`);
    }
  }

  const neededBy = (asker: Asker) =>
    permissionsOf(asker)
      .filter(({ resource, namedByFlag = '' }) => resource !== 'nodes' && !/^--(tcp|udp)-/.test(namedByFlag))
      // What has to be there before it is read or changed comes first.
      .toSorted((one, other) => Number(other.verbs.includes('create')) - Number(one.verbs.includes('create')))
      .flatMap((permission) => permission.verbs.map((verb) => [verb, permission.resource, permission] as const));

  it.each(neededBy('controller'))('the controller can %s %s', async (verb, _resource, permission) => {
    const { status, text } = await ask(controller, verb, permission);
    expect({ status, text }).toEqual({ status: verb === 'create' ? 201 : 200, text: expect.any(String) });
  });

  it.each(neededBy('admission-webhook'))('the webhook can %s %s', async (verb, _resource, permission) => {
    const { status, text } = await ask(webhook, verb, permission);
    expect({ status, text }).toEqual({ status: 200, text: expect.any(String) });
  });

  const secret = PLACES['secrets']!;
  const REFUSED: readonly (readonly [string, string, unknown?])[] = [
    ['GET', '/api/v1/secrets'],
    ['GET', core(OTHER, 'secrets')],
    ['GET', core(NAMESPACE, 'secrets')],
    ['POST', core(OTHER, 'secrets'), { metadata: { name: 'ours' } }],
    ['PATCH', secret, { stringData: { a: 'c' } }],
    ['DELETE', secret],
    ['GET', `${core(OTHER, 'configmaps')}/theirs`],
    ['GET', '/api/v1/configmaps'],
    ['PATCH', PLACES['configmaps']!, { data: { a: 'b' } }],
    ['GET', PLACES['ingresses']!],
    ['PATCH', PLACES['ingresses']!, { spec: { rules: null } }],
    ['PUT', PLACES['ingresses/status']!, {}],
    ['DELETE', PLACES['ingresses']!],
    ['POST', '/apis/networking.k8s.io/v1/ingressclasses', { metadata: { name: 'ours' }, spec: { controller: 'a/b' } }],
    ['GET', core(OTHER, 'pods')],
    ['GET', '/api/v1/pods'],
    ['DELETE', PLACES['pods']!],
    ['POST', `${PLACES['pods']!}/exec?command=id`],
    ['GET', `${PLACES['pods']!}/log`],
    ['GET', '/api/v1/nodes'],
    ['GET', `${LEASES}/another`],
    ['PATCH', `${LEASES}/another`, { spec: { holderIdentity: 'ours' } }],
    ['DELETE', PLACES['leases']!],
    ['POST', group('coordination.k8s.io/v1', 'kube-system', 'leases'), LEASE_OBJECT],
    ['POST', `${core(NAMESPACE, 'serviceaccounts')}/ingress-nginx/token`, { spec: {} }],
    ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles'],
    ['GET', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'],
    ['GET', '/metrics'],
  ];
  const refusedTo = async (caller: ApiCaller): Promise<readonly string[]> => {
    const answers = await Promise.all(
      REFUSED.map(async ([method, path, body]) => ({ path, method, ...(await caller.ask(method, path, body)) })),
    );
    return answers
      .filter(({ status }) => status !== 403)
      .map(({ method, path, status }) => `${method} ${path}: ${status}`);
  };

  it('nobody gets at more than that', async () => {
    expect(await refusedTo(controller)).toEqual([]);
    expect(await refusedTo(webhook)).toEqual([]);
    expect(await refusedTo(defaultBackend)).toEqual([]);
  });

  it('the webhook gets at nothing beside the objects that its flags name', async () => {
    const others: readonly (readonly [string, string, unknown?])[] = [
      ['GET', core(NAMESPACE, 'configmaps')],
      ['POST', core(NAMESPACE, 'secrets'), { metadata: { name: 'ours' } }],
      ['GET', `${core(NAMESPACE, 'secrets')}/another`],
      ['DELETE', CERTIFICATE],
      ['GET', `${HOOKS}/another`],
      ['PATCH', `${HOOKS}/another`, PATCHES['validatingwebhookconfigurations']],
      ['DELETE', `${HOOKS}/ingress-nginx-admission`],
      ['POST', HOOKS, { metadata: { name: 'another' }, webhooks: [] }],
    ];
    for (const [method, path, body] of others) {
      expect([path, await webhook.ask(method, path, body)]).toEqual([path, expect.objectContaining({ status: 403 })]);
    }
  });

  it('the webhook and the default backend do not even see a Secret whose name they know', async () => {
    for (const caller of [webhook, defaultBackend]) {
      expect(await caller.ask('GET', secret)).toMatchObject({ status: 403 });
      expect(await caller.ask('GET', `${core(OTHER, 'secrets')}?watch=1&timeoutSeconds=1`)).toMatchObject({
        status: 403,
      });
    }
  });

  it('the default backend cannot do a thing that needs a permission', async () => {
    for (const [verb, , permission] of [...neededBy('controller'), ...neededBy('admission-webhook')]) {
      expect(await ask(defaultBackend, verb, permission)).toMatchObject({ status: 403 });
    }
  });
});
