/**
 * Duty: the world of a controller in a cluster: objects from the API server; status, Events and the Lease back to it.
 */
import type { ObjectRef } from '@gatehouse/core';
import {
  connectKubeApi,
  createKubeEventSink,
  createKubeSource,
  type KubeApi,
  type KubeSource,
} from '@gatehouse/kube-client';
import { StartError, systemClock } from '@gatehouse/logging';
import type { Logger } from '@gatehouse/pipeline';
import { secretSelector } from '@gatehouse/routing';
import { loggingWarnings, withoutNormalEvents } from './cluster-events.ts';
import type { ClusterConfig } from './cluster-flags.ts';
import { createClusterStatus } from './cluster-status.ts';
import type { ControllerConfig } from './flags.ts';
import { lookingAgain } from './looking-again.ts';
import { registerSourceMetrics } from './source-metrics.ts';
import type { World } from './world.ts';

/** Who tells Events when we were not told which Pod we are. */
const NO_POD = { namespace: 'default', name: 'gatehouse-controller' };

type ClusterControllerConfig = ControllerConfig & { readonly cluster: ClusterConfig };

/** Throws a StartError when it is not known how the API server is reached; whether it can be reached is another matter. */
export async function openClusterWorld(config: ClusterControllerConfig, logger: Logger): Promise<World> {
  const { cluster } = config;
  const api = await connect(cluster, logger);
  const source = openSource(config, api, logger);
  const status = createClusterStatus({ api, source, logger, cluster, addresses: config.publishAddresses });
  const pod: ObjectRef | undefined = cluster.pod && { kind: 'Pod', ...cluster.pod };
  const events = createKubeEventSink({
    api,
    clock: systemClock,
    logger,
    pod: cluster.pod ?? NO_POD,
    // Every replica sees every Ingress, and one of them is enough to tell of it.
    isAllowed: ({ object }) => (object.kind === 'Pod' || status === undefined ? true : status.isOurs()),
  });
  return {
    source: cluster.syncPeriodMs === 0 ? source : lookingAgain(source, cluster.syncPeriodMs, systemClock),
    events: loggingWarnings(cluster.syncEvents ? events : withoutNormalEvents(events), { logger, clock: systemClock }),
    ...(status === undefined ? {} : { status: status.options }),
    ...(pod === undefined ? {} : { pod }),
    registerMetrics: (registry) =>
      registerSourceMetrics(
        registry,
        () => source.counters(),
        () => systemClock.monotonicMs(),
      ),
    begin: (pipeline) => status?.begin(pipeline),
    unreadyReasons: () => source.unsynced().map((kind) => `not all objects of kind ${kind} have been read yet`),
    isSlow: () => [...source.counters().values()].some(({ failures }) => failures.size > 0),
    leave: () => status?.leave() ?? Promise.resolve(),
    async close() {
      status?.stop();
      await events.stop();
      await api.close();
    },
  };
}

async function connect({ connection }: ClusterConfig, logger: Logger): Promise<KubeApi> {
  const { inCluster } = connection;
  try {
    return await connectKubeApi({ ...connection, ...(inCluster.host === '' ? {} : { inCluster }), logger });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`the API server: ${reason}`, { cause });
  }
}

function openSource({ routing, cluster }: ClusterControllerConfig, api: KubeApi, logger: Logger): KubeSource {
  const { configMap, policyConfigMap, tcpServicesConfigMap, udpServicesConfigMap, defaultBackendService } = routing;
  const configMaps = [configMap, policyConfigMap, tcpServicesConfigMap, udpServicesConfigMap];
  return createKubeSource({
    api,
    logger,
    clock: systemClock,
    jitter: Math.random,
    watchNamespace: routing.watchNamespace,
    // Whoever is not served can still own a host.
    namespaceSelector: policyConfigMap === undefined ? cluster.namespaceSelector : '',
    configMaps: configMaps.filter((key) => key !== undefined),
    services: [defaultBackendService, cluster.status?.service].filter((key) => key !== undefined),
    secretsOf: secretSelector(routing),
  });
}
