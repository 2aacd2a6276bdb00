import { describe, expect, it } from '@jest/globals';
import { parseControllerFlags, type ControllerConfig } from './flags.ts';

const env = { PATH: '/opt/bin' };

function parse(...argv: readonly string[]): ControllerConfig {
  const config = parseControllerFlags({ argv: ['--manifests=objects', ...argv], env });
  if (!config.ok) throw new Error(config.error.join('; '));
  return config.value;
}
const errorsOf = (...argv: readonly string[]): readonly string[] => {
  const config = parseControllerFlags({ argv, env });
  return config.ok ? [] : config.error;
};

describe('the flags of the controller', () => {
  it('have the defaults of ingress-nginx where it has them', () => {
    const config = parse();
    expect(config).toMatchObject({
      manifests: ['objects'],
      nginxBinary: '',
      searchPath: '/opt/bin',
      workerUser: '',
      health: { host: '', port: 10254 },
      publishAddresses: [],
      shutdownGraceMs: 0,
      routing: {
        annotationsPrefix: 'nginx.ingress.kubernetes.io',
        ingressClass: 'nginx',
        controllerClass: 'k8s.io/ingress-nginx',
        watchNamespace: '',
        compatibility: 'kubernetes',
      },
    });
    expect(config.http).toContainEqual({ address: '0.0.0.0', port: 80 });
    expect(config.https).toContainEqual({ address: '0.0.0.0', port: 443 });
    expect(config).not.toHaveProperty('statusDirectory');
    expect(config).not.toHaveProperty('runtimeDirectory');
  });

  it('listen on every address named, on both ports', () => {
    const config = parse('--listen-address=10.0.0.1', '--listen-address=::1', '--http-port=8080', '--https-port=8443');
    expect(config.http).toEqual([
      { address: '10.0.0.1', port: 8080 },
      { address: '::1', port: 8080 },
    ]);
    expect(config.https.map(({ port }) => port)).toEqual([8443, 8443]);
  });

  it('tell addresses from host names in what is published, with commas or again', () => {
    const flags = ['--publish-status-address=192.0.2.1,lb.example.com', '--publish-status-address=2001:db8::1'];
    expect(parse(...flags).publishAddresses).toEqual([
      { ip: '192.0.2.1' },
      { hostname: 'lb.example.com' },
      { ip: '2001:db8::1' },
    ]);
  });

  it('take what is published without the blanks around it', () => {
    expect(parse('--publish-status-address= 192.0.2.1, lb.example.com ').publishAddresses).toEqual([
      { ip: '192.0.2.1' },
      { hostname: 'lb.example.com' },
    ]);
  });

  it.each(['not_a host', '', 'LB.example.com', 'fe80::1%eth0', '10.0.0.0/8', 'http://lb', '300.1.2.3'])(
    'refuse to publish %j',
    (address) => {
      const flags = ['--manifests=x', `--publish-status-address=10.0.0.1, ${address}`];
      const sentence = `--publish-status-address: ${JSON.stringify(address)} is neither an IP address nor a DNS name`;
      expect(errorsOf(...flags)).toEqual([sentence]);
    },
  );

  it('read files as no API server has seen them', () => {
    expect(parse().routing).toMatchObject({ classObjectsOptional: true, allowLoopbackEndpoints: true });
  });

  it('count the grace period in seconds', () => {
    expect(parse('--shutdown-grace-period=5').shutdownGraceMs).toBe(5000);
  });

  it('neither take the status port nor stay at the end without a cluster, unless asked to', () => {
    expect(parse()).not.toHaveProperty('statusPort');
    expect(parse().postShutdownGraceMs).toBe(0);
    expect(parse('--status-port=1', '--post-shutdown-grace-period=3')).toMatchObject({
      statusPort: 1,
      postShutdownGraceMs: 3000,
    });
  });

  it.each([
    [[], 'info'],
    [['--v=1'], 'info'],
    [['--v=2'], 'debug'],
    [['-v=5'], 'debug'],
    [['--v=2', '--log-level=warn'], 'warn'],
  ])('take the verbosity of ingress-nginx for a log level: %j is %s', (argv, level) => {
    expect(parse(...argv).log.level).toBe(level);
  });

  it('can be set in the environment', () => {
    const config = parseControllerFlags({
      argv: [],
      env: { GATEHOUSE_MANIFESTS: 'a,b', GATEHOUSE_HTTP_PORT: '8080', GATEHOUSE_COMPATIBILITY: 'ingress-nginx' },
    });
    expect(config).toMatchObject({
      ok: true,
      value: { manifests: ['a', 'b'], searchPath: '', routing: { compatibility: 'ingress-nginx' } },
    });
  });

  it.each([
    [['--manifests=x', '--http-port=0'], '--http-port: "0" is not a whole number from 1 to 65535'],
    [['--manifests=x', '--healthz-port=65536'], '--healthz-port: "65536" is not a whole number from 0 to 65535'],
    [['--manifests=x', '--listen-address=localhost'], '--listen-address: "localhost" is not an IP address'],
    [['--manifests=x', '--configmap=settings'], '--configmap: "settings" is not of the form NAMESPACE/NAME'],
    [['--manifests=x', '--help'], '--help is not for a configuration'],
    [['--manifests=x', '--health-check-path=a b'], '--health-check-path: "a b" is not a path such as /healthz'],
  ])('refuse %j', (argv, sentence) => {
    expect(errorsOf(...argv)).toEqual([sentence]);
  });

  it('tell all that is wrong at once', () => {
    expect(errorsOf('--listen-address=a', '--listen-address=b', '--configmap=x', '--publish-service=x')).toHaveLength(
      4,
    );
  });
});
