/**
 * Duty: the objects of a live cluster, read once with the credentials of whoever asks. Writes nothing there.
 */
import { err, ok, type ObjectKey, type Result } from '@gatehouse/core';
import type { FlagValues } from '@gatehouse/flags';
import { connectKubeApi, createKubeSource, type connectionFlags, type KubeApi } from '@gatehouse/kube-client';
import type { Snapshot } from '@gatehouse/kube-model';
import { systemClock } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import { secretSelector, type RoutingOptions } from '@gatehouse/routing';

export interface ClusterToRead {
  readonly connection: FlagValues<typeof connectionFlags>;
  readonly routing: RoutingOptions;
  /** --watch-namespace-selector. */
  readonly namespaceSelector: string;
}

/** Even a large cluster is listed in less. */
const READ_LIMIT_MS = 60_000;

/** The error, one sentence without a full stop, says why the cluster cannot be read. */
export async function readCluster(cluster: ClusterToRead): Promise<Result<Snapshot>> {
  const warnings = new Set<string>();
  const logger = collectingLogger(warnings);
  const { apiserverHost, kubeconfig, certificateAuthority } = cluster.connection;
  let api: KubeApi | undefined;
  try {
    api = await connectKubeApi({ apiServerHost: apiserverHost, kubeconfig, certificateAuthority, logger });
    // Whoever cannot even be asked this is told at once; a source would go on trying.
    await api.send({ path: '/version' });
    const snapshot = await readOnce(cluster, api, logger);
    if (snapshot !== undefined) return ok(snapshot);
    const reasons = warnings.size === 0 ? '' : `: ${[...warnings].join('; ')}`;
    return err(`not everything could be read within ${READ_LIMIT_MS / 1000} s${reasons}`);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  } finally {
    await api?.close();
  }
}

/** Undefined when it takes too long. */
async function readOnce(cluster: ClusterToRead, api: KubeApi, logger: Logger): Promise<Snapshot | undefined> {
  const { routing } = cluster;
  const source = createKubeSource({
    api,
    logger,
    clock: systemClock,
    jitter: Math.random,
    watchNamespace: routing.watchNamespace,
    ...namespacesToRead(cluster),
    configMaps: given([
      routing.configMap,
      routing.policyConfigMap,
      routing.tcpServicesConfigMap,
      routing.udpServicesConfigMap,
    ]),
    services: given([routing.defaultBackendService]),
    secretsOf: secretSelector(routing),
  });
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), READ_LIMIT_MS)));
  try {
    const outcome = await Promise.race([source.start(() => undefined), limit]);
    return outcome === 'late' ? undefined : source.snapshot();
  } finally {
    clearTimeout(timer);
    await source.stop();
  }
}

/** Whoever is not served can still own a host. */
function namespacesToRead({ routing, namespaceSelector }: ClusterToRead): { readonly namespaceSelector?: string } {
  if (routing.policyConfigMap !== undefined) return { namespaceSelector: '' };
  return namespaceSelector === '' ? {} : { namespaceSelector };
}

function given(keys: readonly (ObjectKey | undefined)[]): readonly ObjectKey[] {
  return keys.filter((key) => key !== undefined);
}

function collectingLogger(warnings: Set<string>): Logger {
  const collect = (message: string, data: Readonly<Record<string, unknown>> = {}): void => {
    const { error, reason } = data;
    const why = error instanceof Error ? error.message : reason;
    warnings.add(typeof why === 'string' ? `${message} (${why})` : message);
  };
  return { debug: () => undefined, info: () => undefined, warn: collect, error: collect };
}
