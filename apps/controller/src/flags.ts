/**
 * Duty: the controller's flags and what they mean together. Names, meanings and defaults of the predecessor's flags are
 * kept where we do the thing.
 */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import {
  bool,
  integer,
  parseFlags,
  text,
  texts,
  type Command,
  type Environment,
  type FlagInput,
  type FlagTable,
  type FlagValues,
  type Invocation,
} from '@gatehouse/flags';
import { isDnsSubdomain, type StatusAddress } from '@gatehouse/kube-model';
import { logFlags, type LoggerOptions } from '@gatehouse/logging';
import type { ListenAddress } from '@gatehouse/nginx';
import {
  routingFlags,
  routingOptionsForCluster,
  routingOptionsForFiles,
  type RoutingOptions,
} from '@gatehouse/routing';
import { formerFlags } from './answer-flag.ts';
import { clusterFlags, readClusterConfig, type ClusterConfig } from './cluster-flags.ts';

const port = { min: 0, max: 65_535, placeholder: 'PORT' } as const;

export const controllerCommand = {
  name: 'gatehouse controller',
  summary: 'Keeps a running nginx in step with Ingresses',
  details: `Objects come from an API server: that of the cluster whose Pod it is, of --kubeconfig, or at --apiserver-host; with
--manifests from files. Flags of ingress-nginx that have no effect here are accepted with a warning; docs/flags.md has
them all.`,
  formerFlags,
  flags: {
    manifests: texts({
      default: [],
      placeholder: 'PATH',
      aliases: ['f'],
      summary: 'Read objects from this directory or file of YAML, or from standard input (-), instead of an API server',
    }),
    'status-dir': text({
      default: '',
      placeholder: 'DIR',
      summary: 'Write status and Events to files in this directory',
    }),
    'runtime-dir': text({
      default: '',
      placeholder: 'DIR',
      summary: 'Where nginx and its files live; a temporary directory, removed at the end, when left out',
    }),
    'proxy-agent': bool({
      default: false,
      summary:
        'Leave nginx to a gatehouse-proxy that shares the directory of --runtime-dir, instead of running it here',
    }),
    'nginx-binary': text({
      default: '',
      placeholder: 'FILE',
      summary: 'The nginx to run; found on the PATH when left out',
    }),
    'worker-user': text({
      default: '',
      placeholder: 'USER',
      summary: 'User and group of the worker processes when nginx is started by root; nginx or www-data when left out',
    }),
    'listen-address': texts({
      default: [],
      placeholder: 'IP',
      summary: 'Address that nginx listens on; every address of the machine when left out',
    }),
    'http-port': integer({ ...port, default: 80, min: 1, summary: 'Port for HTTP' }),
    'https-port': integer({ ...port, default: 443, min: 1, summary: 'Port for HTTPS' }),
    'healthz-port': integer({
      ...port,
      default: 10_254,
      summary: 'Port of /healthz, /readyz and /metrics; 0 takes a free one',
    }),
    'healthz-host': text({
      default: '',
      placeholder: 'IP',
      summary: 'Address of the health port; every address when left out',
    }),
    'health-check-path': text({
      default: '/healthz',
      placeholder: 'PATH',
      summary: 'Another path that answers as /healthz does',
    }),
    'status-port': integer({
      ...port,
      default: 10_246,
      summary:
        "Port of nginx' own /healthz and /nginx_status on 127.0.0.1; 0, and with --manifests none unless given, is none",
    }),
    'endpoint-dns': bool({
      default: true,
      summary: 'Tell nginx endpoints by DNS, without a reload, when it is new enough (1.27.3)',
    }),
    ...clusterFlags,
    ...routingFlags,
    'publish-status-address': texts({
      default: [],
      placeholder: 'ADDRESS',
      summary: 'IP address or host name for the status of Ingresses; several with commas',
    }),
    'shutdown-grace-period': integer({
      default: 0,
      min: 0,
      max: 3600,
      placeholder: 'SECONDS',
      summary: 'How long to go on serving after the signal to end, with readiness already off',
    }),
    'post-shutdown-grace-period': integer({
      default: 10,
      min: 0,
      max: 3600,
      placeholder: 'SECONDS',
      summary: 'How long to stay when nginx has ended; with --manifests not at all unless given',
    }),
    ...logFlags,
    v: integer({ default: 0, min: 0, max: 100, placeholder: 'LEVEL', summary: '2 and more is --log-level=debug' }),
    version: bool({ default: false, summary: 'Print the version and end' }),
  },
} as const satisfies Command<FlagTable>;

/** The flags, checked together and brought into the form that the parts take. */
export interface ControllerConfig {
  /** Where objects come from; none: from the API server of `cluster`. */
  readonly manifests: readonly string[];
  /** Undefined when objects come from files. */
  readonly cluster?: ClusterConfig;
  readonly statusDirectory?: string;
  readonly runtimeDirectory?: string;
  /** nginx is run by another process, a gatehouse-proxy that shares the runtime directory. */
  readonly hasProxyAgent: boolean;
  /** Full path; empty: look along `searchPath`. */
  readonly nginxBinary: string;
  readonly searchPath: string;
  /** Who nginx' worker processes run as when we are root; empty: the first usual one that exists. */
  readonly workerUser: string;
  readonly http: readonly ListenAddress[];
  readonly https: readonly ListenAddress[];
  /** An empty host is every address. */
  readonly health: { readonly host: string; readonly port: number };
  /** Answers as /healthz does. */
  readonly healthCheckPath: string;
  /** Where nginx answers of itself on 127.0.0.1; undefined: nowhere. */
  readonly statusPort?: number;
  /** Endpoints reach nginx without a reload, when it is new enough. */
  readonly endpointsByDns: boolean;
  /** Written into the status of Ingresses; none: no status is written. */
  readonly publishAddresses: readonly StatusAddress[];
  readonly routing: RoutingOptions;
  readonly shutdownGraceMs: number;
  /** How long to stay when nginx has ended. */
  readonly postShutdownGraceMs: number;
  readonly log: Pick<LoggerOptions, 'format' | 'level'>;
}

type ControllerRun = Extract<Invocation<typeof controllerCommand.flags>, { kind: 'run' }>;
type ControllerFlags = FlagValues<typeof controllerCommand.flags>;

/** The configuration of arguments that somebody else wrote, without `--help`. Errors are sentences, all at once. */
export function parseControllerFlags(input: FlagInput): Result<ControllerConfig, readonly string[]> {
  const invocation = parseFlags(controllerCommand, input);
  if (!invocation.ok) return invocation;
  if (invocation.value.kind === 'help') return err(['--help is not for a configuration']);
  return readControllerConfig(invocation.value, input.env);
}

/** What the flags mean together; `env` is asked for the search path and the Pod. Errors are sentences, all at once. */
export function readControllerConfig(
  { values, given }: Pick<ControllerRun, 'given' | 'values'>,
  env: Environment,
): Result<ControllerConfig, readonly string[]> {
  const problems: string[] = [];
  const isInCluster = values.manifests.length === 0;
  const routing = isInCluster ? routingOptionsForCluster(values) : routingOptionsForFiles(values);
  if (!routing.ok) problems.push(...routing.error);
  problems.push(...judgeProxyFlags(values));
  const cluster = isInCluster ? readClusterConfig(values, env) : ok(undefined);
  if (!cluster.ok) problems.push(...cluster.error);
  problems.push(...judgeAddresses(values));
  const published = values.publishStatusAddress.flatMap((list) => list.split(',')).map(parseStatusAddress);
  problems.push(...published.flatMap((address) => (address.ok ? [] : [address.error])));
  if (problems.length > 0 || !routing.ok || !cluster.ok) return err(problems);
  const addresses = values.listenAddress.length > 0 ? values.listenAddress : everyAddress();
  // On a machine without a cluster several may run side by side, and whoever ends one waits for it.
  const isWanted = (name: keyof typeof controllerCommand.flags): boolean => isInCluster || given.includes(name);
  const hasStatusPort = values.statusPort !== 0 && isWanted('status-port');
  return ok({
    manifests: values.manifests,
    ...(cluster.value === undefined ? {} : { cluster: cluster.value }),
    ...(values.statusDir === '' ? {} : { statusDirectory: values.statusDir }),
    ...(values.runtimeDir === '' ? {} : { runtimeDirectory: values.runtimeDir }),
    hasProxyAgent: values.proxyAgent,
    nginxBinary: values.nginxBinary,
    searchPath: env['PATH'] ?? '',
    workerUser: values.workerUser,
    http: addresses.map((address) => ({ address, port: values.httpPort })),
    https: addresses.map((address) => ({ address, port: values.httpsPort })),
    health: { host: values.healthzHost, port: values.healthzPort },
    healthCheckPath: values.healthCheckPath,
    ...(hasStatusPort ? { statusPort: values.statusPort } : {}),
    endpointsByDns: values.endpointDns,
    publishAddresses: published.flatMap((address) => (address.ok ? [address.value] : [])),
    routing: {
      ...routing.value,
      ownPorts: [values.httpPort, values.httpsPort, values.healthzPort, ...(hasStatusPort ? [values.statusPort] : [])],
    },
    shutdownGraceMs: values.shutdownGracePeriod * 1000,
    postShutdownGraceMs: isWanted('post-shutdown-grace-period') ? values.postShutdownGracePeriod * 1000 : 0,
    log: { format: values.logFormat, level: logLevel(values) },
  });
}

function judgeAddresses({ listenAddress, healthCheckPath }: ControllerFlags): readonly string[] {
  const strangers = listenAddress.filter((address) => isIP(address) === 0);
  const problems = strangers.map((address) => `--listen-address: ${quoteFound(address)} is not an IP address`);
  if (/^\/[A-Za-z0-9._~/-]*$/.test(healthCheckPath)) return problems;
  return [...problems, `--health-check-path: ${quoteFound(healthCheckPath)} is not a path such as /healthz`];
}

/** What ingress-nginx logs from verbosity 2 on is what we log for whoever looks for a fault. */
function logLevel({ logLevel: asked, v }: ControllerFlags): LoggerOptions['level'] {
  return asked === 'info' && v >= 2 ? 'debug' : asked;
}

/** What is wrong with flags about an nginx that somebody else runs. */
function judgeProxyFlags({ proxyAgent, runtimeDir, nginxBinary, workerUser }: ControllerFlags): readonly string[] {
  if (!proxyAgent) return [];
  const problems =
    runtimeDir === '' ? ['--proxy-agent: name the directory shared with the proxy by --runtime-dir'] : [];
  if (nginxBinary !== '') problems.push('--nginx-binary: with --proxy-agent it is a flag of the proxy');
  if (workerUser !== '') problems.push('--worker-user: with --proxy-agent nginx runs as the user of the proxy');
  return problems;
}

/** What the API server takes into a status; a name whose last label is a number would be a malformed address. */
function parseStatusAddress(text: string): Result<StatusAddress> {
  const address = text.trim();
  const isZoned = address.includes('%');
  if (isIP(address) !== 0 && !isZoned) return ok({ ip: address });
  if (isDnsSubdomain(address) && !/(?:^|\.)\d+$/.test(address)) return ok({ hostname: address });
  return err(`--publish-status-address: ${quoteFound(address)} is neither an IP address nor a DNS name`);
}

/** All IPv4 addresses, and all IPv6 ones when the machine has any. */
function everyAddress(): readonly string[] {
  const families = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ family }) => family));
  return families.includes('IPv6') ? ['0.0.0.0', '::'] : ['0.0.0.0'];
}
