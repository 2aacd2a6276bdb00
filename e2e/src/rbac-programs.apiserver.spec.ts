import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { freePort, startApiServer, until, type ApiServer } from '@gatehouse/testing';
import { NAMESPACE, readManifests, toYamlStream, workloadOf } from './harness/deployment.ts';
import { WORKSPACE } from './harness/page-commands.ts';

/** The programs with the arguments of the manifests, under the tokens of their ServiceAccounts: the roles are enough. */
describe('under the roles of the manifests', () => {
  let server: ApiServer;
  let child: ChildProcess | undefined;
  let log = '';

  beforeAll(async () => {
    server = await startApiServer();
    await server.kubectl(['apply', '-f', '-'], toYamlStream(await readManifests('base')));
    await server.kubectl(['apply', '-f', join(WORKSPACE, 'examples/cafe')]);
  });
  afterEach(async () => {
    if (child?.exitCode !== null) return;
    child.kill('SIGTERM');
    await new Promise((resolve) => child?.once('exit', resolve));
  });
  afterAll(() => server.stop());

  /** Starts the bundle of an app; `flags` come last, so that they win. */
  async function start(app: string, flags: readonly string[]): Promise<void> {
    const { serviceAccountName, containers } = workloadOf(await readManifests('base'), app).spec.template.spec;
    const { args = [] } = containers.find(({ name }) => name === app)!;
    const kubeconfig = await server.kubeconfigFor(await server.tokenFor(NAMESPACE, serviceAccountName));
    const own = args.filter((arg) => arg !== '--proxy-agent' && !arg.startsWith('--runtime-dir='));
    const bundle = join(WORKSPACE, 'dist/apps', app, 'main.mjs');
    log = '';
    child = spawn(process.execPath, [bundle, ...own, `--kubeconfig=${kubeconfig}`, ...flags], {
      env: { PATH: process.env['PATH'], POD_NAME: 'one', POD_NAMESPACE: NAMESPACE },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  const isReady = async (port: number): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  const get = async (path: string): Promise<string> => JSON.stringify(await server.request('GET', path));
  const refusals = (): readonly string[] => log.split('\n').filter((line) => /forbidden|\b403\b/i.test(line));

  it('the webhook learns what it judges by, makes its certificate and tells the API server whom to believe', async () => {
    const port = await freePort();
    await start('admission-webhook', ['--port=0', `--health-port=${port}`]);
    await until(() => isReady(port));
    const secret = `/api/v1/namespaces/${NAMESPACE}/secrets/ingress-nginx-admission-certificate`;
    expect(await get(secret)).toMatch(/"tls.key":"[A-Za-z0-9+/=]{100}/);
    const configuration =
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/ingress-nginx-admission';
    await until(async () => (await get(configuration)).split('"caBundle":"').length === 4);
    expect(refusals()).toEqual([]);
  });

  it('the controller serves, is the leader, writes the status and tells Events', async () => {
    const [http, https, health] = await Promise.all([freePort(), freePort(), freePort()]);
    const ports = [`--http-port=${http}`, `--https-port=${https}`, `--healthz-port=${health}`, '--status-port=0'];
    const pod = {
      metadata: { name: 'one', labels: { 'app.kubernetes.io/component': 'controller' } },
      spec: {
        securityContext: { runAsNonRoot: true, runAsUser: 33, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            ...{ name: 'controller', image: 'example.com/one:1' },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    };
    await server.request('POST', `/api/v1/namespaces/${NAMESPACE}/pods`, pod);
    await start('controller', [...ports, '--listen-address=127.0.0.1']);
    await until(() => isReady(health));
    const ingress = '/apis/networking.k8s.io/v1/namespaces/default/ingresses/cafe-ingress';
    const lease = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/ingress-controller-leader`;
    await until(async () => (await get(ingress)).includes('"loadBalancer":{"ingress":[{"ip":"10.0.'));
    expect(await get(lease)).toContain('"holderIdentity":"one');
    await until(async () =>
      /"reason":"(CREATE|Sync)"/.test(await get('/apis/events.k8s.io/v1/namespaces/default/events')),
    );
    expect(refusals()).toEqual([]);
  });
});
