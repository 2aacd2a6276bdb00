/**
 * Duty: the controller's flags and what they mean together. Names, meanings and defaults of the predecessor's flags are
 * kept where we do the thing.
 */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { err, ok, quoteFound, type Result } from '@gatehouse/core';
import {
  integer,
  parseFlags,
  text,
  texts,
  type Command,
  type Environment,
  type FlagInput,
  type FlagTable,
  type FlagValues,
} from '@gatehouse/flags';
import { isDnsSubdomain, type StatusAddress } from '@gatehouse/kube-model';
import { logFlags, type LoggerOptions } from '@gatehouse/logging';
import type { ListenAddress } from '@gatehouse/nginx';
import { routingFlags, routingOptionsForFiles, type RoutingOptions } from '@gatehouse/routing';

const port = { min: 0, max: 65_535, placeholder: 'PORT' } as const;

export const controllerCommand = {
  name: 'gatehouse controller',
  summary: 'Keeps a running nginx in step with Ingresses',
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
    ...logFlags,
  },
} as const satisfies Command<FlagTable>;

/** The flags, checked together and brought into the form that the parts take. */
export interface ControllerConfig {
  readonly manifests: readonly string[];
  readonly statusDirectory?: string;
  readonly runtimeDirectory?: string;
  /** Full path; empty: look along `searchPath`. */
  readonly nginxBinary: string;
  readonly searchPath: string;
  /** Who nginx' worker processes run as when we are root; empty: the first usual one that exists. */
  readonly workerUser: string;
  readonly http: readonly ListenAddress[];
  readonly https: readonly ListenAddress[];
  /** An empty host is every address. */
  readonly health: { readonly host: string; readonly port: number };
  /** Written into the status of Ingresses; none: no status is written. */
  readonly publishAddresses: readonly StatusAddress[];
  readonly routing: RoutingOptions;
  readonly shutdownGraceMs: number;
  readonly log: Pick<LoggerOptions, 'format' | 'level'>;
}

export type ControllerFlags = FlagValues<typeof controllerCommand.flags>;

/** The configuration of arguments that somebody else wrote, without `--help`. Errors are sentences, all at once. */
export function parseControllerFlags(input: FlagInput): Result<ControllerConfig, readonly string[]> {
  const invocation = parseFlags(controllerCommand, input);
  if (!invocation.ok) return invocation;
  if (invocation.value.kind === 'help') return err(['--help is not for a configuration']);
  return readControllerConfig(invocation.value.values, input.env);
}

/** What the flags mean together; `env` is asked for the search path alone. Errors are sentences, all at once. */
export function readControllerConfig(
  values: ControllerFlags,
  env: Environment,
): Result<ControllerConfig, readonly string[]> {
  const problems: string[] = [];
  const routing = routingOptionsForFiles(values);
  if (values.manifests.length === 0) problems.push('--manifests: give the directory of YAML files to serve');
  if (!routing.ok) problems.push(...routing.error);
  for (const address of values.listenAddress) {
    if (isIP(address) === 0) problems.push(`--listen-address: ${quoteFound(address)} is not an IP address`);
  }
  const published = values.publishStatusAddress.flatMap((list) => list.split(',')).map(parseStatusAddress);
  problems.push(...published.flatMap((address) => (address.ok ? [] : [address.error])));
  if (problems.length > 0 || !routing.ok) return err(problems);
  const addresses = values.listenAddress.length > 0 ? values.listenAddress : everyAddress();
  return ok({
    manifests: values.manifests,
    ...(values.statusDir === '' ? {} : { statusDirectory: values.statusDir }),
    ...(values.runtimeDir === '' ? {} : { runtimeDirectory: values.runtimeDir }),
    nginxBinary: values.nginxBinary,
    searchPath: env['PATH'] ?? '',
    workerUser: values.workerUser,
    http: addresses.map((address) => ({ address, port: values.httpPort })),
    https: addresses.map((address) => ({ address, port: values.httpsPort })),
    health: { host: values.healthzHost, port: values.healthzPort },
    publishAddresses: published.flatMap((address) => (address.ok ? [address.value] : [])),
    routing: routing.value,
    shutdownGraceMs: values.shutdownGracePeriod * 1000,
    log: { format: values.logFormat, level: values.logLevel },
  });
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
