import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiServer, type ApiServer } from '@gatehouse/testing';

describe('the API server of these tests', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server.stop());

  const makeConfigMap = (name: string): Promise<string> =>
    server.kubectl(['create', 'configmap', name, '--from-literal=a=b', '-o', 'name']);

  it('takes objects from kubectl', async () => {
    expect(await makeConfigMap('one')).toBe('configmap/one\n');
  });

  it('gives a ServiceAccount no rights by itself', async () => {
    await server.kubectl(['create', 'serviceaccount', 'nobody']);
    const kubeconfig = await server.kubeconfigFor(await server.tokenFor('default', 'nobody'));
    await expect(server.kubectl([`--kubeconfig=${kubeconfig}`, 'get', 'secrets'])).rejects.toThrow('forbidden');
  });

  it('keeps its objects over a restart, and forgets old versions', async () => {
    const { metadata } = (await server.request('GET', '/api/v1/namespaces/default/configmaps/one')) as {
      readonly metadata: { readonly resourceVersion: string };
    };
    await makeConfigMap('two');
    await server.compact();
    await server.stopServer();
    await expect(server.request('GET', '/version')).rejects.toThrow('ECONNREFUSED');
    await server.startServer();
    const watch = `/api/v1/configmaps?watch=1&timeoutSeconds=5&resourceVersion=${metadata.resourceVersion}`;
    await expect(server.request('GET', watch)).resolves.toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });
});
