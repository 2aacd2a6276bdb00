/**
 * Duty: the flags that matter only with an API server, and what they mean together: how it is reached, whose Pod we are,
 * what is written back. Names, meanings and defaults are those of ingress-nginx.
 */
import { err, objectKey, ok, quoteFound, type ObjectKey, type Result } from '@gatehouse/core';
import { bool, duration, integer, text, type Environment, type FlagValues } from '@gatehouse/flags';
import { connectionFlags } from '@gatehouse/kube-client';
import { isDnsSubdomain } from '@gatehouse/kube-model';

/** To be spread into the table of a command. */
export const clusterFlags = {
  ...connectionFlags,
  'sync-period': duration({
    default: '0s',
    summary: 'How often all objects are looked at again, beside each change; 0 never',
  }),
  'publish-service': text({
    default: '',
    placeholder: 'NAMESPACE/NAME',
    summary: 'Service whose addresses go into the status of Ingresses',
  }),
  'report-node-internal-ip-address': bool({
    default: false,
    summary: 'Take the internal addresses of nodes for the status, when neither Service nor addresses are named',
  }),
  'update-status': bool({ default: true, summary: 'Write the status of Ingresses' }),
  'update-status-on-shutdown': bool({
    default: true,
    summary: 'Clear the status of Ingresses when the last controller ends',
  }),
  'status-update-interval': integer({
    default: 60,
    min: 1,
    max: 86_400,
    placeholder: 'SECONDS',
    summary: 'How often every status is looked at again, beside each change',
  }),
  'election-id': text({
    default: 'ingress-controller-leader',
    placeholder: 'NAME',
    summary: "Name of the Lease, in the Pod's namespace, by which controllers agree on who writes status",
  }),
  'election-ttl': duration({ default: '30s', summary: 'How long the Lease holds without being renewed; 0 is 30s' }),
  'disable-leader-election': bool({ default: false, summary: 'Ask for no Lease, and write no status' }),
  'disable-sync-events': bool({ default: false, summary: 'Tell no Normal Events of Ingresses and ConfigMaps' }),
};

export type ClusterFlags = FlagValues<typeof clusterFlags>;

/** What an API server is needed for. */
export interface ClusterConfig {
  readonly connection: {
    readonly apiServerHost: string;
    readonly kubeconfig: string;
    readonly certificateAuthority: string;
    /** From the environment of a Pod; an empty host means that we are none. */
    readonly inCluster: { readonly host: string; readonly port: string };
  };
  /** Our own; undefined when nobody told. */
  readonly pod?: { readonly namespace: string; readonly name: string };
  /** --watch-namespace-selector, for the API server; undefined: no Namespaces are read. */
  readonly namespaceSelector?: string;
  /** 0: never. */
  readonly syncPeriodMs: number;
  /** Undefined: no status is written. */
  readonly status?: StatusConfig;
  readonly syncEvents: boolean;
}

export interface StatusConfig {
  /** Whose addresses are published, unless they are given. */
  readonly service?: ObjectKey;
  readonly reportNodeInternalIp: boolean;
  readonly clearOnShutdown: boolean;
  readonly intervalMs: number;
  readonly lease: { readonly name: string; readonly ttlMs: number };
}

/** As ingress-nginx has it: more often than this would be no check but a load. */
const SHORTEST_INTERVAL_S = 5;
const USUAL_TTL_MS = 30_000;

/** What else of the controller's flags matters here. */
interface NeighbourFlags {
  readonly publishStatusAddress: readonly string[];
  readonly watchNamespaceSelector: string;
}

/** What the flags mean together; `env` is asked for what Kubernetes tells a Pod. Errors are sentences, all at once. */
export function readClusterConfig(
  values: ClusterFlags & NeighbourFlags,
  env: Environment,
): Result<ClusterConfig, readonly string[]> {
  const pod = readPod(env);
  const selector = values.watchNamespaceSelector.trim();
  const status = readStatus(values);
  const problems = [...(pod.ok ? [] : [pod.error]), ...(status.ok ? [] : status.error)];
  if (status.ok && status.value !== undefined && pod.ok && pod.value === undefined) {
    problems.push(
      'POD_NAME and POD_NAMESPACE must be set in the environment, since the Lease lies in that namespace and is held under that name; or give --update-status=false',
    );
  }
  if (!pod.ok || !status.ok || problems.length > 0) return err(problems);
  return ok({
    connection: {
      apiServerHost: values.apiserverHost,
      kubeconfig: values.kubeconfig,
      certificateAuthority: values.certificateAuthority,
      inCluster: { host: env['KUBERNETES_SERVICE_HOST'] ?? '', port: env['KUBERNETES_SERVICE_PORT'] ?? '' },
    },
    ...(pod.value === undefined ? {} : { pod: pod.value }),
    ...(selector === '' ? {} : { namespaceSelector: selector }),
    syncPeriodMs: values.syncPeriod,
    ...(status.value === undefined ? {} : { status: status.value }),
    syncEvents: !values.disableSyncEvents,
  });
}

function readPod(env: Environment): Result<ClusterConfig['pod']> {
  const { POD_NAME: name = '', POD_NAMESPACE: namespace = '' } = env;
  if (name === '' || namespace === '') return ok(undefined);
  if (isDnsSubdomain(name) && isDnsSubdomain(namespace)) return ok({ name, namespace });
  return err(`POD_NAMESPACE/POD_NAME: ${quoteFound(`${namespace}/${name}`)} cannot be the name of a Pod`);
}

function readStatus(
  values: ClusterFlags & { readonly publishStatusAddress: readonly string[] },
): Result<StatusConfig | undefined, readonly string[]> {
  const problems: string[] = [];
  const service = parseNamespacedName(values.publishService);
  if (!service.ok) problems.push(`--publish-service: ${service.error}`);
  if (values.publishService !== '' && values.publishStatusAddress.length > 0) {
    problems.push('--publish-service and --publish-status-address exclude each other');
  }
  if (!isDnsSubdomain(values.electionId)) {
    problems.push(`--election-id: ${quoteFound(values.electionId)} cannot be the name of a Lease`);
  }
  if (!service.ok || problems.length > 0) return err(problems);
  if (!values.updateStatus || values.disableLeaderElection) return ok(undefined);
  return ok({
    ...(service.value === undefined ? {} : { service: service.value }),
    reportNodeInternalIp: values.reportNodeInternalIpAddress,
    clearOnShutdown: values.updateStatusOnShutdown,
    intervalMs: Math.max(values.statusUpdateInterval, SHORTEST_INTERVAL_S) * 1000,
    lease: { name: values.electionId, ttlMs: values.electionTtl > 0 ? values.electionTtl : USUAL_TTL_MS },
  });
}

function parseNamespacedName(found: string): Result<ObjectKey | undefined> {
  if (found === '') return ok(undefined);
  const [namespace = '', name = '', more] = found.split('/');
  const isNamed = isDnsSubdomain(namespace) && isDnsSubdomain(name) && more === undefined;
  return isNamed ? ok(objectKey(namespace, name)) : err(`${quoteFound(found)} is not of the form NAMESPACE/NAME`);
}
