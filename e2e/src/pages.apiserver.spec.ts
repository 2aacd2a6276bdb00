import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { apiServerAssets, startApiServer, type ApiServer } from '@gatehouse/testing';
import { readManifests, toYamlStream, workloadOf, type KubeObject } from './harness/deployment.ts';
import { blocksOf, commandsOf, WORKSPACE } from './harness/page-commands.ts';

const INSTALL = 'docs/install.md';
const UPGRADE = 'docs/upgrade-from-ingress-nginx.md';

/** Commands that an API server alone cannot carry out, and why that is so. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm run images/, 'images.docker.spec.ts builds them'],
  [/^kind /, 'needs a cluster: the suites in kind do the same'],
  [/^docker push registry\.example\.com\//, 'stands for a registry of the reader'],
  [/^curl .*cafe\.example\.com/, 'needs nginx: the suites in kind ask it'],
  [/rollout status|port-forward|^kubectl -n ingress-nginx logs /, 'needs nodes that run Pods'],
  [/^kubectl apply -k deploy\/overlays\/cert-manager$/, "needs cert-manager's own kinds: deploy.apiserver.spec.ts"],
];
const isRun = (command: string): boolean => !NOT_RUN.some(([pattern]) => pattern.test(command));

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer();
});
afterAll(() => server.stop());

/** Types a command as it stands on the page, as the administrator of the API server. */
async function type(command: string): Promise<string> {
  const path = [apiServerAssets(), join(WORKSPACE, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH: path, KUBECONFIG: server.adminKubeconfig };
  const { stdout } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', command], { cwd: WORKSPACE, env });
  return stdout;
}
const get = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
  (await server.request('GET', path)) as Readonly<Record<string, unknown>>;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/ingress-nginx/deployments';
const SERVICES = '/api/v1/namespaces/ingress-nginx/services';

describe('the page on installing', () => {
  beforeAll(() => server.kubectl(['create', 'namespace', 'cafe']));

  it('has no command that nobody runs', () => {
    const unknown = commandsOf(INSTALL).filter((command) => isRun(command) && !command.startsWith('kubectl '));
    expect(unknown).toEqual([]);
    const unused = NOT_RUN.filter(([pattern]) => !commandsOf(INSTALL).some((command) => pattern.test(command)));
    expect(unused).toEqual([]);
  });

  it.each(commandsOf(INSTALL).filter(isRun))('tells the truth: %s', async (command) => {
    await expect(type(command)).resolves.toEqual(expect.any(String));
  });

  it('shows an overlay that puts the images of another registry into every container', async () => {
    const [overlay = ''] = blocksOf(INSTALL, 'yaml');
    const directory = await mkdtemp(join(tmpdir(), 'gatehouse-overlay-'));
    try {
      await symlink(WORKSPACE, join(directory, 'gatehouse'));
      for (const component of ['autoscaling', 'namespaced-secrets', 'strict-admission', 'tcp-udp-services']) {
        const mine = join(directory, component);
        await mkdir(mine);
        await writeFile(
          join(mine, 'kustomization.yaml'),
          overlay.replace('components/autoscaling', `components/${component}`),
        );
        const objects = await readManifests(mine);
        const containers = objects.flatMap((object) => (object.kind === 'Deployment' ? imagesOf(object) : []));
        expect(containers).toHaveLength(4);
        for (const image of containers) expect(image).toMatch(/^registry\.example\.com\/gatehouse\/[a-z-]+:1\.0\.0$/);
        const text = (kind: string, name: string): string =>
          JSON.stringify(objects.find((object) => object.kind === kind && object.metadata.name === name));
        const secrets = expect(text('ClusterRole', 'ingress-nginx-controller'));
        if (component === 'namespaced-secrets') secrets.not.toContain('secrets');
        else secrets.toContain('secrets');
        const isStrict = component === 'strict-admission';
        const configuration = text('ValidatingWebhookConfiguration', 'ingress-nginx-admission');
        expect(configuration.split('"failurePolicy":"Fail"')).toHaveLength(isStrict ? 2 : 1);
        if (component !== 'tcp-udp-services') continue;
        // What the webhook is told of it may read.
        for (const protocol of ['tcp', 'udp']) {
          const flag = `--${protocol}-services-configmap=$(POD_NAMESPACE)/${protocol}-services`;
          expect(text('Deployment', 'ingress-nginx-admission')).toContain(flag);
          expect(text('Role', 'ingress-nginx-admission')).toContain(`"${protocol}-services"`);
        }
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('shows how another class is named to the API server, in the words that are deployed', async () => {
    const [, patches = ''] = blocksOf(INSTALL, 'yaml');
    const directory = await mkdtemp(join(tmpdir(), 'gatehouse-overlay-'));
    try {
      await symlink(WORKSPACE, join(directory, 'gatehouse'));
      await mkdir(join(directory, 'mine'));
      const overlay = `resources:\n  - ../gatehouse/deploy/overlays/kind\n${patches}`;
      await writeFile(join(directory, 'mine/kustomization.yaml'), overlay);
      const [mine, deployed] = await Promise.all(
        [join(directory, 'mine'), 'overlays/kind'].map(async (path) => {
          const objects = await readManifests(path);
          return objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration')!;
        }),
      );
      const renamed = JSON.stringify(deployed).replace("['nginx']", "['nginx', 'nginx-internal']");
      expect(mine).toEqual(JSON.parse(renamed));
      await server.kubectl(['apply', '--dry-run=server', '-f', '-'], toYamlStream([mine!]));
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  const imagesOf = (object: KubeObject): readonly string[] =>
    [...JSON.stringify(object).matchAll(/"image":"([^"]+)"/g)].map(([, image = '']) => image);
});

describe('the page on coming from ingress-nginx', () => {
  const OLD = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/instance': 'ingress-nginx' };
  const OLD_LABELS = { ...OLD, 'app.kubernetes.io/component': 'controller' };
  const named = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name, ...(kind.startsWith('Cluster') ? {} : { namespace: 'ingress-nginx' }), labels: OLD_LABELS },
    ...rest,
  });
  const port = (name: string, number: number): object => ({ name, port: number, targetPort: name });
  /** What a chart has left in a cluster, as far as the page touches it. */
  const before: readonly KubeObject[] = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } },
    named('apps/v1', 'Deployment', 'ingress-nginx-controller', {
      spec: {
        selector: { matchLabels: OLD_LABELS },
        template: {
          metadata: { labels: OLD_LABELS },
          spec: {
            containers: [{ name: 'controller', image: 'example.com/old:1', args: ['/nginx-ingress-controller'] }],
          },
        },
      },
    }),
    named('v1', 'Service', 'ingress-nginx-controller', {
      spec: { type: 'LoadBalancer', selector: OLD_LABELS, ports: [port('http', 80), port('https', 443)] },
    }),
    named('v1', 'ConfigMap', 'ingress-nginx-controller', { data: { 'proxy-body-size': '8m' } }),
    named('v1', 'ServiceAccount', 'ingress-nginx'),
    named('rbac.authorization.k8s.io/v1', 'ClusterRole', 'ingress-nginx', { rules: [] }),
    named('rbac.authorization.k8s.io/v1', 'Role', 'ingress-nginx', { rules: [] }),
    {
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } },
      ...{ spec: { controller: 'k8s.io/ingress-nginx' } },
    },
    {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' },
      metadata: { name: 'ingress-nginx-admission' },
    },
    {
      ...named('v1', 'Secret', 'sh.helm.release.v1'),
      metadata: {
        ...named('v1', 'Secret', 'sh.helm.release.v1').metadata,
        labels: { owner: 'helm', name: 'ingress-nginx' },
      },
    },
  ];
  const selector = async (): Promise<unknown> => {
    const { spec } = await get(`${SERVICES}/ingress-nginx-controller`);
    return (spec as { readonly selector: unknown }).selector;
  };

  beforeAll(async () => {
    await server.stop();
    server = await startApiServer();
    await server.kubectl(['apply', '-f', '-'], toYamlStream(before));
    await server.kubectl(['apply', '-f', join(WORKSPACE, 'examples/cafe')]);
  });

  it('has no command that nobody runs', () => {
    const unknown = commandsOf(UPGRADE).filter((command) => isRun(command) && !command.startsWith('kubectl '));
    expect(unknown).toEqual([]);
  });

  it('leads from the one to the other, back, and to the end', async () => {
    const steps: Record<string, string> = {};
    for (const command of commandsOf(UPGRADE).filter(isRun)) {
      steps[command] = await type(command);
      if (command === 'kubectl apply -k deploy/overlays/side-by-side') await expectNothingTouched();
      if (!command.includes('patch service')) continue;
      const isBack = command.includes('"ingress-nginx"');
      const { matchLabels } = workloadOf(await readManifests('overlays/switched'), 'controller').spec.selector;
      expect(await selector()).toEqual(isBack ? OLD_LABELS : matchLabels);
    }
    expect(Object.entries(steps).find(([command]) => command.includes(' check '))?.[1]).toMatch(
      /^0 errors, .* in 1 Ing/m,
    );
    const left = (await get(DEPLOYMENTS)) as { readonly items: readonly KubeObject[] };
    expect(left.items.map(({ metadata }) => metadata.name)).toEqual([
      'gatehouse-ingress-nginx-admission',
      'gatehouse-ingress-nginx-controller',
      'gatehouse-ingress-nginx-default-backend',
    ]);
    await get(`${SERVICES}/ingress-nginx-controller`);
    await get('/api/v1/namespaces/ingress-nginx/configmaps/ingress-nginx-controller');
    await get('/apis/networking.k8s.io/v1/ingressclasses/nginx');
    const secrets = (await get('/api/v1/namespaces/ingress-nginx/secrets')) as {
      readonly items: readonly KubeObject[];
    };
    expect(secrets.items.map(({ metadata }) => metadata.name)).toEqual([
      'gatehouse-ingress-nginx-admission-certificate',
    ]);
  }, 180_000);

  async function expectNothingTouched(): Promise<void> {
    for (const object of before.filter(({ kind }) => ['ConfigMap', 'Deployment', 'Service'].includes(kind))) {
      const output = await server.kubectl(['diff', '-f', '-'], toYamlStream([object]));
      expect(output).toBe('');
    }
    expect(await get('/api/v1/namespaces/ingress-nginx')).not.toHaveProperty([
      ...['metadata', 'labels'],
      'pod-security.kubernetes.io/enforce',
    ]);
  }
});
