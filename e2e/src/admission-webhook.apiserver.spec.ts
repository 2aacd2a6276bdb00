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

/** What the webhook says of an Ingress; undefined when it judges nothing. */
function judge(object: object): Promise<Answer | undefined> {
  const kind = { group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' };
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
});
