/**
 * Duty: keeping exactly those Secrets that are wanted, by name. A few of one namespace are watched one by one, so that
 * no other Secret ever comes here; many by one watch of their namespace. Must not know who wants them, or why.
 */
import { objectKey, type ObjectKey } from '@gatehouse/core';
import type { ObjectStore } from '@gatehouse/kube-model';
import type { FollowCounters, FollowPorts } from '../follow/follow-ports.ts';
import { calmLogger } from '../follow/calm-logger.ts';
import { Gate } from '../follow/gate.ts';
import { NamedObjects } from '../follow/named-objects.ts';
import { Replica } from '../follow/replica.ts';
import { watchedKinds } from '../follow/watched-kind.ts';

export interface WantedSecretsOptions {
  readonly ports: FollowPorts;
  readonly counters: FollowCounters;
  readonly store: ObjectStore;
  readonly onChange: () => void;
}

/** More than these of one namespace are watched together. */
const MOST_ONE_BY_ONE = 32;
const MOST_REQUESTS = 32;

interface Followed {
  readonly replica: Replica;
  readonly isTogether: boolean;
  /** By name; all the same one when they are watched together. */
  readonly byName: Map<string, NamedObjects>;
}

export class WantedSecrets {
  readonly #options: WantedSecretsOptions;
  readonly #gate = new Gate(MOST_REQUESTS);
  readonly #namespaces = new Map<string, Followed>();
  /** Whatever was given up and is coming to its end. */
  readonly #ending = new Set<Promise<void>>();
  #isPollingTold = false;

  constructor(options: WantedSecretsOptions) {
    const { ports } = options;
    this.#options = { ...options, ports: { ...ports, logger: calmLogger(ports.logger, ports.clock) } };
  }

  /** Makes `keys` what is wanted; others are forgotten at once. Resolves when the server said once what it knows of each new one. */
  async want(keys: ReadonlySet<ObjectKey>): Promise<void> {
    const wanted = byNamespace(keys);
    for (const namespace of this.#namespaces.keys()) {
      if (!wanted.has(namespace)) void this.#wantIn(namespace, new Set());
    }
    await Promise.all(Array.from(wanted, ([namespace, names]) => this.#wantIn(namespace, names)).flat());
  }

  async stop(): Promise<void> {
    for (const { byName } of this.#namespaces.values()) for (const followed of byName.values()) this.#end(followed);
    this.#namespaces.clear();
    await Promise.all(this.#ending);
  }

  #wantIn(namespace: string, names: ReadonlySet<string>): readonly Promise<void>[] {
    const { store, onChange } = this.#options;
    const before = this.#namespaces.get(namespace);
    const replica = before?.replica ?? new Replica(watchedKinds.Secret, store);
    for (const name of [...(before?.byName.keys() ?? [])]) {
      if (names.has(name) || before === undefined) continue;
      this.#forget(before, name);
      if (replica.absent(objectKey(namespace, name)) === 'changed') onChange();
    }
    if (names.size === 0) {
      this.#namespaces.delete(namespace);
      return [];
    }
    // Between the two numbers everything stays as it is, so that one Secret more or less does not turn it over and over.
    const isTogether = names.size > (before?.isTogether === true ? MOST_ONE_BY_ONE / 2 : MOST_ONE_BY_ONE);
    if (before !== undefined && before.isTogether !== isTogether) {
      for (const followed of new Set(before.byName.values())) this.#end(followed);
      before.byName.clear();
    }
    const byName = before?.byName ?? new Map<string, NamedObjects>();
    this.#namespaces.set(namespace, { replica, isTogether, byName });
    const together = isTogether ? ([...byName.values()][0] ?? this.#follow(namespace, replica)) : undefined;
    return [...names]
      .filter((name) => !byName.has(name))
      .map((name) => {
        const followed = together ?? this.#follow(namespace, replica, name);
        byName.set(name, followed);
        return followed.add(name);
      });
  }

  #follow(namespace: string, replica: Replica, only?: string): NamedObjects {
    const { ports, counters, onChange } = this.#options;
    return new NamedObjects({
      ports,
      counters,
      kind: watchedKinds.Secret,
      namespace,
      ...(only === undefined ? {} : { only }),
      replica,
      gate: this.#gate,
      onChange,
      onPolling: () => this.#tellPolling(),
    });
  }

  #forget({ byName, isTogether }: Followed, name: string): void {
    const followed = byName.get(name);
    byName.delete(name);
    followed?.delete(name);
    if (followed !== undefined && (!isTogether || byName.size === 0)) this.#end(followed);
  }

  #end(followed: NamedObjects): void {
    const ended = followed.stop().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #tellPolling(): void {
    if (this.#isPollingTold) return;
    this.#isPollingTold = true;
    this.#options.ports.logger.warn('Secrets may not be watched, so they are read again every 10 s', {});
  }
}

function byNamespace(keys: ReadonlySet<ObjectKey>): ReadonlyMap<string, ReadonlySet<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const key of keys) {
    const [namespace = '', name = ''] = key.split('/');
    if (namespace === '' || name === '') continue;
    wanted.set(namespace, (wanted.get(namespace) ?? new Set()).add(name));
  }
  return wanted;
}
