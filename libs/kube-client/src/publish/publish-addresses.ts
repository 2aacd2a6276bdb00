/**
 * Duty: knowing the addresses that the status of Ingresses should name, at any moment. Those of a Service or given ones are
 * there at once; those of nodes are asked for now and then. Must not know what is done with them.
 */
import { isSameAddresses, type Service, type StatusAddress } from '@gatehouse/kube-model';
import type { Clock, Logger } from '@gatehouse/pipeline';
import type { KubeApi } from '../kube-api.ts';
import { planPublishAddresses } from './plan-publish-addresses.ts';
import { countOtherReplicas, planNodeNames } from './pods.ts';
import { listReplicas, readNodes, readOwnPod, type PodName } from './replicas.ts';

/** Where addresses are taken from. */
export type PublishSource =
  | { readonly kind: 'given'; readonly addresses: readonly StatusAddress[] }
  /** `current` is the Service as it is known now; undefined when there is none. */
  | { readonly kind: 'service'; readonly current: () => Service | undefined }
  | { readonly kind: 'nodes'; readonly isInternalWanted: boolean };

export interface PublishAddressesOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Our own. */
  readonly pod: PodName;
  readonly source: PublishSource;
  /** So often the nodes are asked for again. */
  readonly intervalMs: number;
}

export interface PublishAddresses {
  /** Undefined while it is not known: then nothing is to be written. */
  current(): readonly StatusAddress[] | undefined;
  /** `onChange` is called when the addresses of nodes have changed; those of a Service change with the snapshot. */
  start(onChange: () => void): void;
  /** How many other replicas run on; undefined when nobody can say within a few seconds. */
  countOtherReplicas(): Promise<number | undefined>;
  stop(): void;
}

/** Needs `get` and `list` on Pods of our own namespace, and `get` on nodes only when the source is the nodes. */
export function createPublishAddresses(options: PublishAddressesOptions): PublishAddresses {
  const { source } = options;
  const nodes = source.kind === 'nodes' ? new NodeWatch(options, source.isInternalWanted) : undefined;
  return {
    current() {
      if (source.kind === 'nodes') return nodes?.current;
      if (source.kind === 'given') return planPublishAddresses(source);
      const service = source.current();
      return service && planPublishAddresses({ kind: 'service', service });
    },
    start: (onChange) => nodes?.start(onChange),
    countOtherReplicas: () => countReplicas(options),
    stop: () => nodes?.stop(),
  };
}

/** A fault leaves what was known. */
class NodeWatch {
  readonly #options: PublishAddressesOptions;
  readonly #isInternalWanted: boolean;
  #current: readonly StatusAddress[] | undefined;
  #isFailing = false;
  #isStopped = false;
  #cancel: (() => void) | undefined;

  constructor(options: PublishAddressesOptions, isInternalWanted: boolean) {
    this.#options = options;
    this.#isInternalWanted = isInternalWanted;
  }

  get current(): readonly StatusAddress[] | undefined {
    return this.#current;
  }

  start(onChange: () => void): void {
    void this.#look(onChange);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  async #look(onChange: () => void): Promise<void> {
    const found = await this.#read();
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(this.#options.intervalMs, () => void this.#look(onChange));
    if (found === undefined || (this.#current !== undefined && isSameAddresses(found, this.#current))) return;
    this.#current = found;
    onChange();
  }

  /** Undefined when it cannot be known. */
  async #read(): Promise<readonly StatusAddress[] | undefined> {
    const { pod, logger } = this.#options;
    try {
      const own = await readOwnPod(this.#options, pod);
      const names = planNodeNames(own, await listReplicas(this.#options, pod, own));
      const nodes = await readNodes(this.#options, names);
      this.#isFailing = false;
      return planPublishAddresses({ kind: 'nodes', nodes, isInternalWanted: this.#isInternalWanted });
    } catch (error) {
      const message = 'The nodes of this workload cannot be read; the addresses in the status stay as they are';
      if (this.#isFailing) logger.debug(message, { error });
      else logger.warn(message, { error });
      this.#isFailing = true;
      return undefined;
    }
  }
}

/** Whoever asks is about to end. */
const COUNT_LIMIT_MS = 3000;

async function countReplicas(options: PublishAddressesOptions): Promise<number | undefined> {
  const { clock, pod, logger } = options;
  let cancel = (): void => undefined;
  const limit = new Promise<undefined>((resolve) => {
    cancel = clock.after(COUNT_LIMIT_MS, () => resolve(undefined));
  });
  const count = async (): Promise<number> => {
    const own = await readOwnPod(options, pod);
    return countOtherReplicas(own, await listReplicas(options, pod, own));
  };
  const counting = count().catch((error: unknown) => {
    logger.warn('The replicas of this workload cannot be counted; the status of Ingresses stays', { error });
    return undefined;
  });
  return Promise.race([counting, limit]).finally(() => cancel());
}
