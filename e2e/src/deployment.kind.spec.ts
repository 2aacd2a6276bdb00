import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeCertificate } from '@gatehouse/testing';
import { ask, type GatePorts } from './harness/ask.ts';
import { eventually, kindCluster, NAMESPACE, type KindCluster } from './harness/kind-cluster.ts';
import { controllerPods, processesOf } from './harness/kind-pods.ts';
import { deployWorkload, type Workload } from './harness/kind-workload.ts';

let cluster: KindCluster;
let gate: Required<GatePorts>;
beforeAll(async () => {
  cluster = kindCluster();
  gate = await cluster.gate();
});

describe('the deployment', () => {
  it.each(['ingress-nginx-controller', 'ingress-nginx-admission', 'ingress-nginx-default-backend'])(
    'has every Pod of %s ready',
    async (name) => {
      const { spec, status } = await cluster.get<{
        spec: { replicas: number };
        status: { readyReplicas?: number };
      }>('deployment', name, '-n', NAMESPACE);
      expect(status.readyReplicas).toBe(spec.replicas);
    },
  );

  it.each([
    [true, 'list', 'ingresses', 'default'],
    [true, 'patch', 'ingresses/status', 'default'],
    [true, 'get', 'secrets', 'default'],
    [false, 'list', 'secrets', 'default'],
    [false, 'delete', 'ingresses', 'default'],
    [false, 'create', 'pods', NAMESPACE],
    [false, 'get', 'configmaps', 'kube-system'],
  ])('answers %s when its ServiceAccount asks to %s %s in %s', async (allowed, verb, resourcePath, namespace) => {
    const [resource, subresource = ''] = resourcePath.split('/');
    const group = resource === 'ingresses' ? 'networking.k8s.io' : '';
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: `system:serviceaccount:${NAMESPACE}:ingress-nginx`,
        groups: ['system:serviceaccounts', 'system:authenticated'],
        resourceAttributes: { verb, group, resource, subresource, namespace },
      },
    };
    const answer = await cluster.kubectl(['create', '-f', '-', '-o', 'json'], JSON.stringify(review));
    expect(JSON.parse(answer)).toMatchObject({ status: { allowed } });
  });
});

describe('the containers of the controller', () => {
  let controller: number;
  let proxy: number;
  beforeAll(async () => {
    const [pod] = await controllerPods(cluster);
    const first = async (container: string): Promise<number> =>
      (await processesOf(cluster, { pod: pod?.name ?? '', container }))[0] ?? 0;
    [controller, proxy] = [await first('controller'), await first('proxy')];
  });

  const mountsOf = async (pid: number): Promise<ReadonlyMap<string, string>> => {
    const lines = (await cluster.onNode(['cat', `/proc/${pid}/mounts`])).trim().split('\n');
    const modes = lines.map((line) => line.split(' ')).map(([, path = '', , options = '']) => [path, options]);
    return new Map(modes.map(([path = '', options = '']) => [path, options.split(',')[0] ?? '']));
  };

  it('run as user 33 on roots that they cannot write, with one capability and filtered system calls', async () => {
    for (const pid of [controller, proxy]) {
      const status = await cluster.onNode(['cat', `/proc/${pid}/status`]);
      const valueOf = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
      expect({
        user: valueOf('Uid').split(/\s+/)[0],
        // CAP_NET_BIND_SERVICE is number 10.
        capabilities: Number.parseInt(valueOf('CapBnd'), 16),
        newPrivileges: valueOf('NoNewPrivs'),
        seccomp: valueOf('Seccomp'),
        root: (await mountsOf(pid)).get('/'),
      }).toEqual({ user: '33', capabilities: 2 ** 10, newPrivileges: '1', seccomp: '2', root: 'ro' });
    }
  });

  it('are one with a token of the API server, and one without, which faces the world', async () => {
    const isToken = (path: string): boolean => path.includes('serviceaccount');
    expect([...(await mountsOf(controller)).keys()].filter(isToken)).toHaveLength(1);
    expect([...(await mountsOf(proxy)).keys()].filter(isToken)).toEqual([]);
    await expect(cluster.onNode(['ls', `/proc/${proxy}/root/var/run/secrets`])).rejects.toThrow('No such file');
  });

  it('can each write only what is theirs', async () => {
    const shared = ['/run/gatehouse/config', '/run/gatehouse/keys', '/run/gatehouse/proxy'];
    const modes = async (pid: number): Promise<readonly unknown[]> => {
      const mounts = await mountsOf(pid);
      return shared.map((path) => mounts.get(path));
    };
    expect(await modes(controller)).toEqual(['rw', 'rw', 'ro']);
    expect(await modes(proxy)).toEqual(['ro', 'ro', 'rw']);
  });
});

describe('changes while it runs', () => {
  let workload: Workload;
  beforeAll(async () => {
    workload = await deployWorkload(cluster, { name: 'changes', replicas: 1, className: 'nginx' });
  }, 120_000);
  afterAll(() => workload.remove());

  const applyCertificate = async (altName: string): Promise<void> => {
    const { certPem, keyPem } = await makeCertificate({ hosts: [workload.host, altName] });
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: 'pair', namespace: workload.namespace },
      stringData: { 'tls.crt': certPem, 'tls.key': keyPem },
    };
    await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(secret));
  };
  const namesShown = async (): Promise<string> =>
    (await ask(gate, { ask: `GET https://${workload.host}/` })).certificateNames;

  it('of a Secret are presented', async () => {
    await applyCertificate('first.example.com');
    const tls = { spec: { tls: [{ hosts: [workload.host], secretName: 'pair' }] } };
    const patch = ['patch', 'ingress/web', '-n', workload.namespace, '--type=merge', '-p', JSON.stringify(tls)];
    await cluster.kubectl(patch);
    await eventually(async () => expect(await namesShown()).toContain('first.example.com'), 30_000);
    await applyCertificate('second.example.com');
    await eventually(async () => expect(await namesShown()).toContain('second.example.com'), 30_000);
  }, 90_000);

  it('of the ConfigMap hold for everyone', async () => {
    const patch = (value: string | null): Promise<string> =>
      cluster.kubectl([
        'patch',
        'configmap/nginx-configuration',
        '-n',
        NAMESPACE,
        '--type=merge',
        '-p',
        JSON.stringify({ data: { 'proxy-body-size': value } }),
      ]);
    const statusOfLargeBody = async (): Promise<number> =>
      (await ask(gate, { ask: `POST https://${workload.host}/`, bodyBytes: 4096 })).status;
    await eventually(async () => expect(await statusOfLargeBody()).toBe(200), 30_000);
    await patch('1k');
    try {
      await eventually(async () => expect(await statusOfLargeBody()).toBe(413), 30_000);
    } finally {
      await patch(null);
    }
    await eventually(async () => expect(await statusOfLargeBody()).toBe(200), 30_000);
  }, 120_000);
});
