import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectKubeApi, createKubeSource, type KubeApi } from '@gatehouse/kube-client';
import type { Clock, Logger } from '@gatehouse/pipeline';
import {
  ingressJson,
  RecordingLogger,
  runSourceScenario,
  SCENARIO_CONFIG_MAP,
  secretJson,
  secretsOfTls,
  sourceScenarios,
  startApiServer,
  systemClock,
  until,
  type ApiServer,
  type KubeJson,
  type ScenarioServer,
  type ScenarioSource,
} from '@gatehouse/testing';

const ROOTS: Readonly<Record<string, string>> = {
  ConfigMap: '/api/v1/namespaces/default/configmaps',
  EndpointSlice: '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
  Ingress: '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
  IngressClass: '/apis/networking.k8s.io/v1/ingressclasses',
  Secret: '/api/v1/namespaces/default/secrets',
  Service: '/api/v1/namespaces/default/services',
};
const LISTS: Readonly<Record<string, string>> = {
  configmaps: '/api/v1/configmaps',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  ingressclasses: '/apis/networking.k8s.io/v1/ingressclasses',
  ingresses: '/apis/networking.k8s.io/v1/ingresses',
  secrets: '/api/v1/secrets',
  services: '/api/v1/services',
};

describe('KubeSource at a real API server', () => {
  let server: ApiServer;
  let admin: KubeApi;

  beforeAll(async () => {
    server = await startApiServer();
    admin = await connectKubeApi({ kubeconfig: server.adminKubeconfig, logger: new RecordingLogger() });
  });

  afterAll(async () => {
    await admin.close();
    await server.stop();
  });

  const rootOf = ({ kind }: KubeJson): string => ROOTS[kind] ?? '';
  const put = async (json: KubeJson): Promise<void> => {
    const path = `${rootOf(json)}/${json.metadata.name}`;
    await admin
      .send({
        method: 'PATCH',
        path,
        query: { fieldManager: 'test', force: 'true' },
        contentType: 'application/apply-patch+yaml',
        body: json,
      })
      .catch(async () => {
        // After a restart of the server the first request may find a connection that is broken off.
        await server.request('PATCH', path, json);
      });
  };

  const scenarioServer = (): ScenarioServer => ({
    port: server.port,
    put,
    remove: async (json) => {
      await admin.send({ method: 'DELETE', path: `${rootOf(json)}/${json.metadata.name}` });
    },
    list: async (plural) => {
      const list = await admin.send({ path: LISTS[plural] ?? '' });
      return (list as { readonly items: readonly unknown[] }).items;
    },
    stopServer: () => server.stopServer(),
    startServer: () => server.startServer(),
    forgetHistory: async () => {
      // The server itself remembers what etcd has forgotten, until it is another process.
      await server.compact();
      await server.stopServer();
      await server.startServer();
    },
    clear: async () => {
      for (const [kind, path] of Object.entries(ROOTS)) {
        // The server makes its own Service and slices anew; it takes no collection of Services.
        if (kind === 'Service') await server.kubectl(['delete', 'services', '--selector=!component', '--wait=false']);
        else if (kind === 'EndpointSlice')
          await server.kubectl(['delete', 'endpointslices', '--selector=kubernetes.io/service-name!=kubernetes']);
        else await server.request('DELETE', path);
      }
    },
  });

  const connect = (port: number): Promise<KubeApi> =>
    connectKubeApi({
      kubeconfig: server.adminKubeconfig,
      apiServerHost: `https://127.0.0.1:${port}`,
      logger: new RecordingLogger(),
      pingMs: 500,
    });

  const createSource = async (port: number): Promise<ScenarioSource> => {
    const api = await connect(port);
    const source = sourceOf(api);
    return { source, close: () => api.close() };
  };

  const sourceOf = (api: KubeApi, ports: { readonly logger?: Logger; readonly clock?: Clock } = {}) =>
    createKubeSource({
      api,
      logger: new RecordingLogger(),
      clock: systemClock,
      ...ports,
      jitter: Math.random,
      watchNamespace: '',
      configMaps: [SCENARIO_CONFIG_MAP],
      services: [],
      secretsOf: secretsOfTls,
    });

  it.each(sourceScenarios)(
    '$name',
    async (scenario) => {
      await runSourceScenario(scenario, { server: scenarioServer(), createSource });
    },
    90_000,
  );

  describe('with the token of a ServiceAccount', () => {
    const rules = (...secretVerbs: readonly string[]) => [
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['services', 'configmaps'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['secrets'], verbs: secretVerbs },
    ];
    const group = 'rbac.authorization.k8s.io';
    let directory: string;

    const allow = async (name: string, secretVerbs: readonly string[]): Promise<void> => {
      const role = { metadata: { name }, rules: rules(...secretVerbs) };
      await server.request('POST', `/apis/${group}/v1/clusterroles`, role);
      const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name }];
      const roleRef = { apiGroup: group, kind: 'ClusterRole', name };
      await server.request('POST', `/apis/${group}/v1/clusterrolebindings`, { metadata: { name }, subjects, roleRef });
      await server.request('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name } });
      await writeFile(join(directory, 'token'), await server.tokenFor('default', name));
    };
    const inCluster = (port: number) => ({ host: '127.0.0.1', port: String(port), directory });

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'gatehouse-account-'));
      await copyFile(server.caFile, join(directory, 'ca.crt'));
    });
    afterEach(() => rm(directory, { recursive: true }));

    it('needs no list of Secrets', async () => {
      await allow('no-list', ['get', 'watch']);
      const scenario = sourceScenarios.find(({ name }) => name.startsWith('knows the Secrets'))!;
      await runSourceScenario(scenario, {
        server: scenarioServer(),
        createSource: async (port) => {
          const api = await connectKubeApi({ inCluster: inCluster(port), logger: new RecordingLogger() });
          return { source: sourceOf(api), close: () => api.close() };
        },
      });
    });

    it('goes on with the new token when the old one is no longer good', async () => {
      await allow('renewed', ['get', 'watch']);
      const accounts = '/api/v1/namespaces/default/serviceaccounts';
      await runSourceScenario(
        {
          name: 'a token that is replaced',
          before: [ingressJson('cafe', 'cafe-secret')],
          async run({ source, wire, settled }) {
            // Tokens of an account end with it, also when another one of its name takes its place.
            await server.request('DELETE', `${accounts}/renewed`);
            await server.request('POST', accounts, { metadata: { name: 'renewed' } });
            await writeFile(join(directory, 'token'), await server.tokenFor('default', 'renewed'));
            wire.cut();
            await put(secretJson('cafe-secret', 'one'));
            await settled();
            expect(source.snapshot().secrets.size).toBe(1);
          },
        },
        {
          server: scenarioServer(),
          createSource: async (port) => {
            const api = await connectKubeApi({ inCluster: inCluster(port), logger: new RecordingLogger() });
            return { source: sourceOf(api), close: () => api.close() };
          },
        },
      );
    });

    it('does not start while a kind is forbidden, says so, and starts when it is allowed', async () => {
      await allow('late', ['get', 'watch']);
      const binding = `/apis/${group}/v1/clusterrolebindings/late`;
      await server.request('DELETE', binding);
      const logger = new RecordingLogger();
      const api = await connectKubeApi({ inCluster: inCluster(server.port), logger });
      const source = sourceOf(api, { logger, clock: hurried(systemClock) });
      let isStarted = false;
      const started = source.start(() => undefined).then(() => (isStarted = true));
      await until(() => logger.messages('error').includes('The API server forbids to follow objects'));
      expect(isStarted).toBe(false);
      expect(source.unsynced()).toContain('Ingress');
      const subjects = [{ kind: 'ServiceAccount', namespace: 'default', name: 'late' }];
      const roleRef = { apiGroup: group, kind: 'ClusterRole', name: 'late' };
      await server.request('POST', `/apis/${group}/v1/clusterrolebindings`, {
        metadata: { name: 'late' },
        subjects,
        roleRef,
      });
      await started;
      expect(source.unsynced()).toEqual([]);
      await source.stop();
      await api.close();
    });
  });
});

/** A clock whose waits are over twenty times sooner. */
function hurried(clock: Clock): Clock {
  return { ...clock, after: (delayMs, callback) => clock.after(delayMs / 20, callback) };
}
