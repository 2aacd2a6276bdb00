/**
 * Duty: who writes the status of Ingresses in a cluster, when, and with which addresses: the leader, as long as it leads.
 */
import type { ObjectKey } from '@gatehouse/core';
import {
  createKubeStatusSink,
  createLeaderElection,
  createPublishAddresses,
  isStatusToBeCleared,
  type KubeApi,
  type LeaderElection,
  type PublishAddresses,
  type PublishSource,
} from '@gatehouse/kube-client';
import type { Service, StatusAddress } from '@gatehouse/kube-model';
import { systemClock } from '@gatehouse/logging';
import type { Logger, ObjectSource, Pipeline, StatusOptions } from '@gatehouse/pipeline';
import type { ClusterConfig, StatusConfig } from './cluster-flags.ts';

export interface ClusterStatusOptions {
  readonly api: KubeApi;
  readonly source: Pick<ObjectSource, 'snapshot'>;
  readonly logger: Logger;
  readonly cluster: ClusterConfig;
  /** --publish-status-address. */
  readonly addresses: readonly StatusAddress[];
}

export interface ClusterStatus {
  readonly options: StatusOptions;
  /** Whether it is ours to tell of what all replicas see; undefined while nobody leads that we know of. */
  isOurs(): boolean | undefined;
  begin(pipeline: StatusPipeline): void;
  /** Clears the status when nobody is left, and gives up the Lease; ends within some seconds. */
  leave(): Promise<void>;
  stop(): void;
}

type StatusPipeline = Pick<Pipeline, 'clearStatus' | 'refreshStatus'>;

/** Of clearing: with more Ingresses than can be cleared in this time, the rest keeps its status. */
const CLEAR_LIMIT_MS = 15_000;

/** Undefined when no status is to be written. */
export function createClusterStatus(options: ClusterStatusOptions): ClusterStatus | undefined {
  const { status, pod } = options.cluster;
  if (status === undefined || pod === undefined) return undefined;
  return new LeadersStatus(options, { status, pod });
}

class LeadersStatus implements ClusterStatus {
  readonly options: StatusOptions;
  readonly #status: StatusConfig;
  readonly #election: LeaderElection;
  readonly #publish: PublishAddresses;
  #pipeline: StatusPipeline | undefined;
  #interval: NodeJS.Timeout | undefined;

  constructor(
    { api, source, logger, addresses }: ClusterStatusOptions,
    { status, pod }: { readonly status: StatusConfig; readonly pod: NonNullable<ClusterConfig['pod']> },
  ) {
    const ports = { api, clock: systemClock, logger };
    this.#status = status;
    this.#election = createLeaderElection({
      ...ports,
      jitter: Math.random,
      lease: { namespace: pod.namespace, name: status.lease.name },
      identity: pod.name,
      ttlMs: status.lease.ttlMs,
      onChange: () => this.#pipeline?.refreshStatus(),
    });
    const wanted = publishSource(status, { addresses, source, logger });
    this.#publish = createPublishAddresses({ ...ports, pod, source: wanted, intervalMs: status.intervalMs });
    this.options = {
      sink: createKubeStatusSink({ ...ports, isAllowed: () => this.#election.isLeader() }),
      addresses: () => (this.#election.isLeader() ? this.#publish.current() : undefined),
    };
  }

  isOurs(): boolean | undefined {
    return this.#election.isDecided() ? this.#election.isLeader() : undefined;
  }

  begin(pipeline: StatusPipeline): void {
    this.#pipeline = pipeline;
    this.#election.start();
    this.#publish.start(() => pipeline.refreshStatus());
    this.#interval = setInterval(() => pipeline.refreshStatus(), this.#status.intervalMs);
  }

  async leave(): Promise<void> {
    const isLeader = this.#election.isLeader();
    const isWanted = this.#status.clearOnShutdown;
    const otherReplicas = isWanted && isLeader ? await this.#publish.countOtherReplicas() : undefined;
    if (isStatusToBeCleared({ isWanted, isLeader, otherReplicas })) {
      await withLimit(this.#pipeline?.clearStatus() ?? Promise.resolve());
    }
    await this.#election.release();
  }

  stop(): void {
    clearInterval(this.#interval);
    this.#publish.stop();
    // Whoever had no time to take leave waits for nothing, but must not go on asking for ever.
    void this.#election.release();
  }
}

function publishSource(
  { service: key, reportNodeInternalIp }: StatusConfig,
  { addresses, source, logger }: Pick<ClusterStatusOptions, 'addresses' | 'logger' | 'source'>,
): PublishSource {
  if (key !== undefined) return { kind: 'service', current: publishedService(key, { source, logger }) };
  if (addresses.length > 0) return { kind: 'given', addresses };
  return { kind: 'nodes', isInternalWanted: reportNodeInternalIp };
}

/** Tells, once each time, that the Service is not there: nothing else would say why no status is written. */
function publishedService(
  key: ObjectKey,
  { source, logger }: Pick<ClusterStatusOptions, 'logger' | 'source'>,
): () => Service | undefined {
  let isMissing = false;
  return () => {
    const service = source.snapshot().services.get(key);
    if (service === undefined && !isMissing) {
      logger.warn('--publish-service: there is no such Service; status is written when it is there', { service: key });
    }
    isMissing = service === undefined;
    return service;
  };
}

async function withLimit(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLEAR_LIMIT_MS)));
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
