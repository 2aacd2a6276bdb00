import { describe, expect, it } from '@jest/globals';
import type { ClusterConfig } from './cluster-flags.ts';
import { parseControllerFlags } from './flags.ts';

const pod = { POD_NAME: 'gatehouse-0', POD_NAMESPACE: 'edge' };

function read(argv: readonly string[], env: Record<string, string> = pod) {
  return parseControllerFlags({ argv, env });
}
function clusterOf(argv: readonly string[], env?: Record<string, string>): ClusterConfig {
  const config = read(argv, env);
  if (!config.ok) throw new Error(config.error.join('; '));
  if (config.value.cluster === undefined) throw new Error('no cluster');
  return config.value.cluster;
}
const errorsOf = (argv: readonly string[], env?: Record<string, string>): readonly string[] => {
  const config = read(argv, env);
  return config.ok ? [] : config.error;
};

describe('the flags of a controller in a cluster', () => {
  it('have the defaults of ingress-nginx', () => {
    const env = { ...pod, KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
    expect(clusterOf([], env)).toEqual({
      connection: {
        apiServerHost: '',
        kubeconfig: '',
        certificateAuthority: '',
        inCluster: { host: '10.96.0.1', port: '443' },
      },
      pod: { namespace: 'edge', name: 'gatehouse-0' },
      syncPeriodMs: 0,
      status: {
        reportNodeInternalIp: false,
        clearOnShutdown: true,
        intervalMs: 60_000,
        lease: { name: 'ingress-controller-leader', ttlMs: 30_000 },
      },
      syncEvents: true,
    });
  });

  it('read objects as an API server has seen them, and take the ports of ingress-nginx', () => {
    const config = read([]);
    expect(config).toMatchObject({
      ok: true,
      value: {
        manifests: [],
        statusPort: 10_246,
        postShutdownGraceMs: 10_000,
        healthCheckPath: '/healthz',
        routing: { classObjectsOptional: false, allowLoopbackEndpoints: false },
      },
    });
  });

  it('take the arguments of its usual Deployment', () => {
    const argv = [
      '--configmap=$(POD_NAMESPACE)/nginx-configuration',
      '--publish-service=$(POD_NAMESPACE)/ingress-nginx',
      '--annotations-prefix=nginx.ingress.kubernetes.io',
      '--election-id=ingress-nginx-leader',
      '--controller-class=k8s.io/ingress-nginx',
      '--ingress-class=nginx',
    ];
    expect(read(argv)).toMatchObject({
      ok: true,
      value: {
        routing: { configMap: 'edge/nginx-configuration' },
        cluster: { status: { service: 'edge/ingress-nginx', lease: { name: 'ingress-nginx-leader' } } },
      },
    });
  });

  it.each([['--update-status=false'], ['--disable-leader-election']])('write no status with %s', (flag) => {
    expect(clusterOf([flag], {})).not.toHaveProperty('status');
    expect(clusterOf([flag], {})).not.toHaveProperty('pod');
  });

  it.each([
    ['--status-update-interval=1', { intervalMs: 5000 }],
    ['--status-update-interval=90', { intervalMs: 90_000 }],
    ['--election-ttl=0s', { lease: { name: 'ingress-controller-leader', ttlMs: 30_000 } }],
    ['--election-ttl=1m', { lease: { name: 'ingress-controller-leader', ttlMs: 60_000 } }],
    ['--update-status-on-shutdown=false', { clearOnShutdown: false }],
    ['--report-node-internal-ip-address', { reportNodeInternalIp: true }],
  ])('%s', (flag, status) => {
    expect(clusterOf([flag]).status).toMatchObject(status);
  });

  it('tell nothing of Sync when they are told so', () => {
    expect(clusterOf(['--disable-sync-events']).syncEvents).toBe(false);
  });

  it.each([
    [['--publish-service=x'], '--publish-service: "x" is not of the form NAMESPACE/NAME'],
    [['--publish-service=a/b/c'], '--publish-service: "a/b/c" is not of the form NAMESPACE/NAME'],
    [
      ['--publish-service=a/b', '--publish-status-address=192.0.2.1'],
      '--publish-service and --publish-status-address exclude each other',
    ],
    [['--election-id=Not A Name'], '--election-id: "Not A Name" cannot be the name of a Lease'],
  ])('refuse %j', (argv, sentence) => {
    expect(errorsOf(argv)).toEqual([sentence]);
  });

  it('need to know the Pod for the Lease', () => {
    expect(errorsOf([], { POD_NAME: 'x' })).toEqual([
      expect.stringContaining('POD_NAME and POD_NAMESPACE must be set'),
    ]);
    expect(errorsOf([], { POD_NAME: '../x', POD_NAMESPACE: 'y' })).toEqual([
      'POD_NAMESPACE/POD_NAME: "y/../x" cannot be the name of a Pod',
    ]);
  });
});
