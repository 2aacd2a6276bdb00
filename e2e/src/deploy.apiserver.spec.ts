import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer, type ApiServer } from '@gatehouse/testing';
import {
  NAMESPACE,
  OVERLAYS,
  readManifests,
  toYamlStream,
  workloadOf,
  workloadsOf,
  type KubeObject,
  type Workload,
} from './harness/deployment.ts';

/** Kinds that only a cluster with cert-manager knows. */
const isForeign = ({ apiVersion }: KubeObject): boolean => apiVersion.startsWith('cert-manager.io/');

describe('a real API server', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(['create', 'namespace', NAMESPACE]);
  });
  afterAll(() => server.stop());

  const apply = (objects: readonly KubeObject[], ...flags: readonly string[]): Promise<string> =>
    server.kubectl(['--warnings-as-errors', 'apply', ...flags, '-f', '-'], toYamlStream(objects));

  it.each(OVERLAYS)(
    'takes every object of %s, without a warning and with no field that it does not know',
    async (path) => {
      const objects = (await readManifests(path)).filter((object) => !isForeign(object));
      const answer = await apply(objects, '--dry-run=server', '--validate=strict');
      expect(answer.trim().split('\n')).toHaveLength(objects.length);
    },
  );

  it('is told of cert-manager in that overlay alone', async () => {
    const foreign = await Promise.all(OVERLAYS.map(async (path) => (await readManifests(path)).filter(isForeign)));
    expect(foreign.map((objects) => objects.length > 0)).toEqual(OVERLAYS.map((path) => path.includes('cert-manager')));
    for (const { kind, apiVersion } of foreign.flat()) {
      expect([apiVersion, kind]).toEqual(['cert-manager.io/v1', expect.stringMatching(/^(Certificate|Issuer)$/)]);
    }
  });

  it('starts no Pod anew when the same objects come again', async () => {
    const objects = await readManifests('overlays/kind');
    const generations = async (): Promise<readonly number[]> => {
      const list = await server.request('GET', `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`);
      const { items } = list as { readonly items: readonly { readonly metadata: { readonly generation: number } }[] };
      return items.map(({ metadata }) => metadata.generation);
    };
    await apply(objects);
    expect(await generations()).toEqual([1, 1, 1]);
    await apply(objects);
    expect(await generations()).toEqual([1, 1, 1]);
  });

  const podOf = ({ metadata, spec }: Workload, namespace: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: metadata.name, namespace, labels: spec.template.metadata.labels },
    ...{ spec: spec.template.spec },
  });
  const makeNamespace = async (name: string, level: string): Promise<void> => {
    await server.kubectl(['create', 'namespace', name]);
    await server.kubectl(['label', 'namespace', name, `pod-security.kubernetes.io/enforce=${level}`]);
  };

  it('lets the Pods into a namespace of the restricted Pod Security Standard, and would not let others in', async () => {
    await makeNamespace('closed', 'restricted');
    for (const workload of workloadsOf(await readManifests('base'))) {
      await apply([podOf(workload, 'closed')], '--dry-run=server');
    }
    const open = ['run', 'open', '--namespace=closed', '--image=example.com/open:1', '--dry-run=server'];
    await expect(server.kubectl(open)).rejects.toThrow('violates PodSecurity "restricted:latest"');
  });

  it('lets all but the proxy in the network of its host in there', async () => {
    await makeNamespace('closed-to-hosts', 'restricted');
    const objects = await readManifests('overlays/host-network');
    for (const component of ['admission-webhook', 'default-backend']) {
      await apply([podOf(workloadOf(objects, component), 'closed-to-hosts')], '--dry-run=server');
    }
    const controller = podOf(workloadOf(objects, 'controller'), 'closed-to-hosts');
    await expect(apply([controller], '--dry-run=server')).rejects.toThrow('host namespaces (hostNetwork=true)');
    await makeNamespace('open-to-hosts', 'privileged');
    await apply(
      [{ ...controller, metadata: { ...controller.metadata, namespace: 'open-to-hosts' } }],
      '--dry-run=server',
    );
  });

  it('keeps the settings that were made with kubectl when the manifests are applied again', async () => {
    const settings = ['--namespace', NAMESPACE, 'configmap', 'nginx-configuration'];
    const [flag = '', namespace = '', kind = '', name = ''] = settings;
    await server.kubectl(['patch', flag, namespace, kind, name, '--patch={"data":{"keep-alive":"30"}}']);
    await apply(await readManifests('overlays/kind'));
    const found = await server.request('GET', `/api/v1/namespaces/${NAMESPACE}/configmaps/nginx-configuration`);
    expect(found).toMatchObject({ data: { 'keep-alive': '30' } });
  });

  describe('that holds what the webhook has put in', () => {
    const SECRET = `/api/v1/namespaces/${NAMESPACE}/secrets/ingress-nginx-admission-certificate`;
    const HOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/ingress-nginx-admission';
    const caBundle = Buffer.from('an authority').toString('base64');
    interface Hooks {
      readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string }; failurePolicy: string }[];
    }
    const hooks = async (): Promise<Hooks['webhooks']> => ((await server.request('GET', HOOKS)) as Hooks).webhooks;

    beforeAll(async () => {
      await apply(await readManifests('base'));
      for (const { name } of (await hooks()) as readonly (Hooks['webhooks'][number] & { readonly name: string })[]) {
        const patch = { webhooks: [{ name, clientConfig: { caBundle } }] };
        const args = ['patch', 'validatingwebhookconfiguration', 'ingress-nginx-admission', '--type=strategic'];
        await server.kubectl([...args, '--patch', JSON.stringify(patch)]);
      }
      await server.request('PATCH', SECRET, { data: { 'tls.key': caBundle } });
    });

    it.each([
      ['by kubectl', 'base', []],
      ['by kubectl, with failurePolicy: Fail', 'overlays/strict', []],
      ['by the server', 'overlays/strict', ['--server-side', '--force-conflicts']],
      ['by the server, and back', 'base', ['--server-side']],
    ])('keeps it when the manifests are applied again %s', async (_, path, flags) => {
      await apply(await readManifests(path), ...flags);
      const found = await hooks();
      expect(found.map(({ clientConfig }) => clientConfig.caBundle)).toEqual([caBundle, caBundle, caBundle]);
      const isStrict = path === 'overlays/strict';
      const policies = [isStrict ? 'Fail' : 'Ignore', 'Ignore', 'Ignore'];
      expect(found.map(({ failurePolicy }) => failurePolicy)).toEqual(policies);
      expect(await server.request('GET', SECRET)).toMatchObject({ data: { 'tls.key': caBundle } });
    });
  });
});
