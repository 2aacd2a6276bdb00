import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runAdmissionWebhook } from '@gatehouse/admission-webhook';
import { freePort, startApiServer, until, type ApiServer } from '@gatehouse/testing';
import { NAMESPACE, readManifests, toYamlStream } from './harness/deployment.ts';

let server: ApiServer;
const end = new AbortController();
let ended: Promise<number> = Promise.resolve(0);
let ports = { webhook: 0, health: 0 };

function ingress(name: string, path = '/tea', secretName = 'unseen'): object {
  const backend = { service: { name: 'tea-svc', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default' },
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['cafe.example.com'], secretName }],
      rules: [{ host: 'cafe.example.com', http: { paths: [{ path, pathType: 'Prefix', backend }] } }],
    },
  };
}

interface Answer {
  readonly allowed: boolean;
  readonly status?: { readonly message: string };
  readonly warnings?: readonly string[];
}

const INGRESS = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };

/** What the webhook says of an object; undefined when it judges nothing. */
function judge(object: object, kind = INGRESS): Promise<Answer | undefined> {
  const review = { uid: 'u', kind, operation: 'CREATE', object };
  const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: review });
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: ports.webhook,
        path: '/validate',
        method: 'POST',
        agent: false,
        // Its certificate is its own making, and which one it is has another spec.
        rejectUnauthorized: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          if (response.statusCode !== 200) resolve(undefined);
          else resolve((JSON.parse(text) as { response: Answer }).response);
        });
      },
    );
    asked.on('error', reject).end(body);
  });
}

async function health(path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${ports.health}${path}`).catch(() => undefined))?.status ?? 0;
}

beforeAll(async () => {
  server = await startApiServer();
  await server.kubectl(['apply', '-f', '-'], toYamlStream(await readManifests('base')));
  await server.kubectl(['create', 'service', 'clusterip', 'tea-svc', '--tcp=80']);
  await server.request('POST', '/apis/networking.k8s.io/v1/namespaces/default/ingresses', ingress('cafe'));
  const kubeconfig = await server.kubeconfigFor(await server.tokenFor(NAMESPACE, 'ingress-nginx-admission'));
  ports = { webhook: await freePort(), health: await freePort() };
  // The API server is away when it starts.
  await server.stopServer();
  ended = runAdmissionWebhook({
    argv: [
      `--kubeconfig=${kubeconfig}`,
      '--host=127.0.0.1',
      `--port=${ports.webhook}`,
      `--health-port=${ports.health}`,
      `--configmap=${NAMESPACE}/nginx-configuration`,
      `--policy-configmap=${NAMESPACE}/ingress-nginx-policy`,
    ],
    env: {},
    stdout: { write: () => true },
    stderr: { write: () => true },
    signal: end.signal,
  });
}, 120_000);

afterAll(async () => {
  end.abort();
  await ended;
  await server.stop();
});

describe('the admission webhook on an API server, with no more rights than it is deployed with', () => {
  it('is alive and judges nothing while the API server is away', async () => {
    await until(async () => (await health('/healthz')) === 200);
    expect(await health('/readyz')).toBe(503);
    expect(await judge(ingress('late'))).toBeUndefined();
  });

  it('judges by what is in the cluster as soon as it has read it', async () => {
    await server.startServer();
    await until(async () => (await health('/readyz')) === 200);
    const taken = await judge(ingress('late'));
    expect(taken?.allowed).toBe(false);
    expect(taken?.status?.message).toContain('belongs to Ingress default/cafe');
  });

  it('misses neither Secrets nor endpoints, which it does not read', async () => {
    expect(await judge(ingress('late', '/coffee'))).toEqual({ uid: 'u', allowed: true });
  });

  it('sees what changes', async () => {
    await server.kubectl(['delete', 'ingress', 'cafe']);
    await until(async () => (await judge(ingress('late')))?.allowed === true);
    await server.kubectl(['delete', 'service', 'tea-svc']);
    await until(async () => ((await judge(ingress('late')))?.warnings ?? []).some((line) => line.includes('tea-svc')));
  });

  it('judges a Service by who uses it', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'tea-svc', namespace: 'default' },
      spec: { type: 'ExternalName', externalName: 'metadata.google.internal' },
    };
    const ask = () => judge(service, { group: '', version: 'v1', kind: 'Service' });
    expect(await ask()).toEqual({ uid: 'u', allowed: true });
    await server.request('POST', '/apis/networking.k8s.io/v1/namespaces/default/ingresses', ingress('user'));
    await until(async () => (await ask())?.allowed === false);
    expect((await ask())?.status?.message).toContain('Ingress default/user uses it');
  });

  it('judges the settings, and by the policy that the cluster has', async () => {
    const configMap = (name: string, data: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: NAMESPACE },
      data,
    });
    const core = { group: '', version: 'v1', kind: 'ConfigMap' };
    const settings = await judge(configMap('nginx-configuration', { 'proxy-body-size': 'much' }), core);
    expect(settings?.status?.message).toContain('data[proxy-body-size]');
    expect(await judge(ingress('late', '/policy'))).toMatchObject({ allowed: true });
    const policy = configMap('ingress-nginx-policy', { 'host-ownership': 'enforce', 'host-owners': '*: platform' });
    await server.request('POST', `/api/v1/namespaces/${NAMESPACE}/configmaps`, policy);
    await until(async () => (await judge(ingress('late', '/policy')))?.allowed === false);
    expect((await judge(ingress('late', '/policy')))?.status?.message).toContain('HostNotOwned');
  });
});
