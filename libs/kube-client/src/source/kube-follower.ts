/**
 * Duty: following objects of an API server into one store, until the first whole list of every kind is there and ever
 * after. Must not know what is made of them.
 */
import type { ObjectKey } from '@gatehouse/core';
import { ObjectStore, type StoreObserver } from '@gatehouse/kube-model';
import type { Clock, Logger } from '@gatehouse/pipeline';
import { newCounters, type FollowCounters, type FollowPorts } from '../follow/follow-ports.ts';
import { Follower } from '../follow/follower.ts';
import { listAttempt } from '../follow/list-attempt.ts';
import { Replica } from '../follow/replica.ts';
import { labelOf, type Watched } from '../follow/watch.ts';
import { watchedKinds } from '../follow/watched-kind.ts';
import type { KubeApi } from '../kube-api.ts';
import { planScopes, type SourceKind } from './scopes.ts';

export interface KubeFollowerOptions {
  readonly api: KubeApi;
  readonly logger: Logger;
  readonly clock: Clock;
  /** A number from 0 (inclusive) to 1, another one each time. */
  readonly jitter: () => number;
  /** Empty: all namespaces. */
  readonly watchNamespace: string;
  /** A label selector: only such Namespaces are read; empty: all. Left out: no Namespace is. */
  readonly namespaceSelector?: string | undefined;
  /** Left out: all that a snapshot holds; Namespaces only with a selector. */
  readonly kinds?: readonly SourceKind[];
  /** Read by name. */
  readonly configMaps: readonly ObjectKey[];
  /** Read by name, with their endpoints, when they are outside of the namespace that is watched. */
  readonly services: readonly ObjectKey[];
  /** A watch that brings not a byte for so long is given up. */
  readonly silenceMs?: number;
}

/** Bookmarks come every minute. */
const SILENCE_MS = 90_000;

/** It never fails: what cannot be read is tried again until `stop`. Secrets are not followed. */
export class KubeFollower {
  readonly kinds: ReadonlySet<SourceKind>;
  readonly ports: FollowPorts;
  readonly #store: ObjectStore;
  readonly #onChange: () => void;
  readonly #counters = new Map<string, FollowCounters>();
  readonly #followers: readonly Follower[];
  /** Scopes whose first whole list has not come yet, with the names of their kinds. */
  readonly #unsynced: Map<Watched, string>;
  /** Ends the waiting in `start`. */
  #onSynced: () => void = () => undefined;

  /** `onChange` is called after each change of `store`. */
  constructor(options: KubeFollowerOptions, store: ObjectStore, onChange: () => void = () => undefined) {
    this.#store = store;
    this.#onChange = onChange;
    const { api, clock, logger, jitter, silenceMs = SILENCE_MS, namespaceSelector } = options;
    this.ports = { api, clock, logger, jitter, silenceMs };
    const kinds = new Set(options.kinds ?? (Object.keys(watchedKinds) as SourceKind[]));
    if (namespaceSelector === undefined) kinds.delete('Namespace');
    this.kinds = kinds;
    const scopes = planScopes({ ...options, kinds, namespaceSelector: namespaceSelector ?? '' });
    this.#unsynced = new Map(scopes.map((scope) => [scope, scope.kind.kind]));
    this.#followers = scopes.map((scope) => this.#follower(scope));
  }

  /** Resolves when the first whole list of every kind is in the store, or `stop` was called. */
  async start(): Promise<void> {
    const synced = new Promise<void>((resolve) => (this.#onSynced = resolve));
    for (const follower of this.#followers) follower.start();
    if (this.#unsynced.size > 0) await synced;
  }

  async stop(): Promise<void> {
    this.#onSynced();
    await Promise.all(this.#followers.map((follower) => follower.stop()));
  }

  /** The kinds of which the first whole list has not come yet. */
  unsynced(): readonly string[] {
    return [...new Set(this.#unsynced.values())].sort();
  }

  /** What happened so far, by kind. */
  counters(): ReadonlyMap<string, Readonly<FollowCounters>> {
    return this.#counters;
  }

  countersOf(kind: string): FollowCounters {
    const counters = this.#counters.get(kind) ?? newCounters();
    this.#counters.set(kind, counters);
    return counters;
  }

  #follower(watched: Watched): Follower {
    const { kind } = watched.kind;
    const counters = this.countersOf(kind);
    const attempt = listAttempt({
      ports: this.ports,
      counters,
      watched,
      replica: new Replica(watched.kind, this.#store),
      onChange: this.#onChange,
      onList: () => this.#listed(watched),
    });
    return new Follower({ ports: this.ports, counters, label: labelOf(watched), attempt });
  }

  #listed(scope: Watched): void {
    this.#unsynced.delete(scope);
    if (this.#unsynced.size === 0) this.#onSynced();
  }
}

/** The objects themselves, told one by one as they change, for whoever never needs them all at once. */
export function followKubeObjects(options: KubeFollowerOptions, observer: StoreObserver): KubeFollower {
  const store = new ObjectStore();
  store.observe(observer);
  return new KubeFollower(options, store);
}
