/**
 * Duty: the controller's flags and what they mean together. Names, meanings and defaults of the predecessor's flags are
 * kept where we do the thing.
 */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { err, objectKey, ok, quoteFound, type ObjectKey, type Result } from '@gatehouse/core';
import { bool, integer, oneOf, parseFlags, text, texts, type Command, type FlagInput, type FlagTable } from '@gatehouse/flags';
import type { StatusAddress } from '@gatehouse/kube-model';
import { logFlags, type LogOptions } from '@gatehouse/logging';
import type { ListenAddress } from '@gatehouse/nginx';
import { defaultRoutingOptions, type RoutingOptions } from '@gatehouse/routing';

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
    'status-dir': text({ default: '', placeholder: 'DIR', summary: 'Write status and Events to files in this directory' }),
    'runtime-dir': text({
      default: '',
      placeholder: 'DIR',
      summary: 'Where nginx and its files live; a temporary directory, removed at the end, when left out',
    }),
    'nginx-binary': text({ default: '', placeholder: 'FILE', summary: 'The nginx to run; found on the PATH when left out' }),
    'listen-address': texts({
      default: [],
      placeholder: 'IP',
      summary: 'Address that nginx listens on; every address of the machine when left out',
    }),
    'http-port': integer({ ...port, default: 80, min: 1, summary: 'Port for HTTP' }),
    'https-port': integer({ ...port, default: 443, min: 1, summary: 'Port for HTTPS' }),
    'healthz-port': integer({ ...port, default: 10_254, summary: 'Port of /healthz, /readyz and /metrics; 0 takes a free one' }),
    'healthz-host': text({ default: '', placeholder: 'IP', summary: 'Address of the health port; every address when left out' }),
    'annotations-prefix': text({
      default: defaultRoutingOptions.annotationsPrefix,
      placeholder: 'PREFIX',
      summary: 'Prefix of the annotations that are read',
    }),
    'ingress-class': text({
      default: defaultRoutingOptions.ingressClass,
      placeholder: 'NAME',
      summary: 'Value of the annotation kubernetes.io/ingress.class that makes an Ingress ours',
    }),
    'controller-class': text({
      default: defaultRoutingOptions.controllerClass,
      placeholder: 'NAME',
      summary: 'spec.controller of the IngressClasses that are ours',
    }),
    'ingress-class-by-name': bool({
      default: false,
      summary: 'Also take the IngressClass named by --ingress-class, whatever its spec.controller',
    }),
    'watch-ingress-without-class': bool({ default: false, summary: 'Also serve Ingresses that name no class' }),
    'watch-namespace': text({ default: '', placeholder: 'NAMESPACE', summary: 'Serve only this namespace; all when left out' }),
    configmap: text({ default: '', placeholder: 'NAMESPACE/NAME', summary: 'ConfigMap with the settings' }),
    'default-backend-service': text({
      default: '',
      placeholder: 'NAMESPACE/NAME',
      summary: 'Service that answers what no rule matches; a plain 404 when left out',
    }),
    'default-ssl-certificate': text({
      default: '',
      placeholder: 'NAMESPACE/NAME',
      summary: 'Secret with the certificate for hosts that have none; a self-signed one when left out',
    }),
    'publish-status-address': texts({
      default: [],
      placeholder: 'ADDRESS',
      summary: 'IP address or host name for the status of Ingresses',
    }),
    compatibility: oneOf(['kubernetes', 'ingress-nginx'], {
      default: defaultRoutingOptions.compatibility,
      summary: "Whose answer to give where ingress-nginx and Kubernetes' own words differ",
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
  readonly nginxBinary?: string;
  readonly http: readonly ListenAddress[];
  readonly https: readonly ListenAddress[];
  readonly health: { readonly host: string; readonly port: number };
  readonly publishAddresses: readonly StatusAddress[];
  readonly routing: RoutingOptions;
  readonly shutdownGraceMs: number;
  readonly log: LogOptions;
}

/** The configuration, or `help` when it was asked for. Errors are sentences, all at once. */
export function parseControllerFlags(input: FlagInput): Result<ControllerConfig | 'help', readonly string[]> {
  const invocation = parseFlags(controllerCommand, input);
  if (!invocation.ok) return invocation;
  if (invocation.value.kind === 'help') return ok('help');
  const { values } = invocation.value;
  const problems: string[] = [];
  const keep = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    problems.push(result.error);
    return undefined;
  };
  if (values.manifests.length === 0) problems.push('--manifests: give the directory of YAML files to serve');
  const configMap = keep(parseKey('configmap', values.configmap));
  const defaultBackendService = keep(parseKey('default-backend-service', values.defaultBackendService));
  const defaultCertificateSecret = keep(parseKey('default-ssl-certificate', values.defaultSslCertificate));
  for (const address of values.listenAddress) {
    if (isIP(address) === 0) problems.push(`--listen-address: ${quoteFound(address)} is not an IP address`);
  }
  if (problems.length > 0) return err(problems);
  const addresses = values.listenAddress.length > 0 ? values.listenAddress : everyAddress();
  return ok({
    manifests: values.manifests,
    ...(values.statusDir === '' ? {} : { statusDirectory: values.statusDir }),
    ...(values.runtimeDir === '' ? {} : { runtimeDirectory: values.runtimeDir }),
    ...(values.nginxBinary === '' ? {} : { nginxBinary: values.nginxBinary }),
    http: addresses.map((address) => ({ address, port: values.httpPort })),
    https: addresses.map((address) => ({ address, port: values.httpsPort })),
    health: { host: values.healthzHost, port: values.healthzPort },
    publishAddresses: values.publishStatusAddress.map((address) =>
      isIP(address) === 0 ? { hostname: address } : { ip: address },
    ),
    routing: {
      annotationsPrefix: values.annotationsPrefix,
      ingressClass: values.ingressClass,
      controllerClass: values.controllerClass,
      classByName: values.ingressClassByName,
      classObjectsOptional: true,
      watchWithoutClass: values.watchIngressWithoutClass,
      watchNamespace: values.watchNamespace,
      compatibility: values.compatibility,
      allowLoopbackEndpoints: true,
      ...(configMap === undefined ? {} : { configMap }),
      ...(defaultBackendService === undefined ? {} : { defaultBackendService }),
      ...(defaultCertificateSecret === undefined ? {} : { defaultCertificateSecret }),
    },
    shutdownGraceMs: values.shutdownGracePeriod * 1000,
    log: values,
  });
}

function parseKey(flag: string, found: string): Result<ObjectKey | undefined> {
  if (found === '') return ok(undefined);
  const match = /^([a-z0-9.-]+)\/([a-z0-9.-]+)$/.exec(found);
  if (match?.[1] === undefined || match[2] === undefined) {
    return err(`--${flag}: ${quoteFound(found)} is not of the form NAMESPACE/NAME`);
  }
  return ok(objectKey(match[1], match[2]));
}

/** All IPv4 addresses, and all IPv6 ones when the machine has any. */
function everyAddress(): readonly string[] {
  const families = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ family }) => family));
  return families.includes('IPv6') ? ['0.0.0.0', '::'] : ['0.0.0.0'];
}
