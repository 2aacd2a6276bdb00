/**
 * Duty: the API server as the source of objects: it follows every kind that is wanted, and tells of a change only when
 * the Secrets that the change asks for were asked for, too. Must not know what is made of the objects.
 */
import type { ObjectKey } from '@gatehouse/core';
import { ObjectStore, type Snapshot } from '@gatehouse/kube-model';
import type { ChangeKind, ObjectSource } from '@gatehouse/pipeline';
import type { FollowCounters } from '../follow/follow-ports.ts';
import { changeKind } from './change-kind.ts';
import { KubeFollower, type KubeFollowerOptions } from './kube-follower.ts';
import { WantedSecrets } from './wanted-secrets.ts';

export interface KubeSourceOptions extends KubeFollowerOptions {
  /** The Secrets that a snapshot asks for; no other is read. */
  readonly secretsOf: (snapshot: Snapshot) => ReadonlySet<ObjectKey>;
}

export interface KubeSource extends ObjectSource {
  /** The kinds of which the first whole list has not come yet. */
  unsynced(): readonly string[];
  /** What happened so far, by kind. */
  counters(): ReadonlyMap<string, Readonly<FollowCounters>>;
}

/** At the start so long is waited for the Secrets that are asked for, when everything else is there. */
const LONGEST_START_MS = 15_000;
/** A change waits no longer than this for the Secrets that it asks for. */
const LONGEST_HOLD_MS = 2000;

/** The API server as a source. It never fails: what cannot be read is tried again until `stop`. */
export function createKubeSource(options: KubeSourceOptions): KubeSource {
  return new FollowingSource(options);
}

class FollowingSource implements KubeSource {
  readonly #options: KubeSourceOptions;
  readonly #store = new ObjectStore();
  readonly #follower: KubeFollower;
  readonly #secrets: WantedSecrets | undefined;
  #released = this.#store.snapshot();
  #lastLooked: Snapshot | undefined;
  #onChange: (of: ChangeKind) => void = () => undefined;
  #isLookPlanned = false;
  #isStopped = false;
  /** Ends the waiting for the first Secrets. */
  #onStopped: () => void = () => undefined;
  /** How many sets of new Secrets are being asked for. */
  #holding = 0;
  /** Since when changes wait for that. */
  #heldSinceMs = 0;

  constructor(options: KubeSourceOptions) {
    this.#options = options;
    const onChange = (): void => this.#planLook();
    this.#follower = new KubeFollower(options, this.#store, onChange);
    if (this.#follower.kinds.has('Secret')) {
      const { ports } = this.#follower;
      const counters = this.#follower.countersOf('Secret');
      this.#secrets = new WantedSecrets({ ports, counters, store: this.#store, onChange });
    }
  }

  async start(onChange: (of: ChangeKind) => void): Promise<void> {
    await this.#follower.start();
    if (this.#isStopped) return;
    this.#lastLooked = this.#store.snapshot();
    await this.#firstSecrets(this.#lastLooked);
    if (this.#isStopped as boolean) return;
    this.#released = this.#store.snapshot();
    this.#onChange = onChange;
    // Whatever came in the meantime asks for Secrets of its own.
    this.#planLook();
  }

  snapshot(): Snapshot {
    return this.#released;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#onStopped();
    await Promise.all([this.#follower.stop(), this.#secrets?.stop()]);
  }

  unsynced(): readonly string[] {
    return this.#follower.unsynced();
  }

  counters(): ReadonlyMap<string, Readonly<FollowCounters>> {
    return this.#follower.counters();
  }

  /** Nobody can hold up the start by asking for more Secrets than can be read, or for one that cannot. */
  #firstSecrets(snapshot: Snapshot): Promise<void> {
    const secrets = this.#secrets;
    if (secrets === undefined) return Promise.resolve();
    const { clock, logger, secretsOf } = this.#options;
    return new Promise((resolve) => {
      const cancel = clock.after(LONGEST_START_MS, () => {
        logger.warn('Not all Secrets could be read yet, the start goes on without them');
        resolve();
      });
      this.#onStopped = () => {
        cancel();
        resolve();
      };
      void secrets.want(secretsOf(snapshot)).then(this.#onStopped);
    });
  }

  /** Many events come at once: one look serves them all. */
  #planLook(): void {
    if (this.#isLookPlanned || this.#isStopped || this.#lastLooked === undefined) return;
    this.#isLookPlanned = true;
    setImmediate(() => {
      this.#isLookPlanned = false;
      if (!this.#isStopped) this.#look();
    });
  }

  #look(): void {
    const snapshot = this.#store.snapshot();
    const before = this.#lastLooked;
    this.#lastLooked = snapshot;
    if (this.#secrets !== undefined && (before === undefined || mayWantOthers(before, snapshot))) {
      this.#holdFor(this.#secrets.want(this.#options.secretsOf(snapshot)));
    }
    // Whoever asks for new Secrets all the time keeps nobody else waiting for longer than for one.
    const isOverdue = this.#options.clock.monotonicMs() - this.#heldSinceMs >= LONGEST_HOLD_MS;
    if (this.#holding === 0 || isOverdue) this.#release();
  }

  /** Secrets that are asked for arrive a moment later: nobody is to think that they do not exist. */
  #holdFor(asked: Promise<void>): void {
    if (this.#holding === 0) this.#heldSinceMs = this.#options.clock.monotonicMs();
    this.#holding++;
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      cancel();
      this.#holding--;
      if (this.#holding === 0 && !this.#isStopped) this.#release();
    };
    const cancel = this.#options.clock.after(LONGEST_HOLD_MS, end);
    void asked.then(end);
  }

  #release(): void {
    const snapshot = this.#store.snapshot();
    this.#heldSinceMs = this.#options.clock.monotonicMs();
    if (snapshot === this.#released) return;
    const of = changeKind(this.#released, snapshot);
    this.#released = snapshot;
    this.#onChange(of);
  }
}

/** Whether the wanted Secrets may be others than before. */
function mayWantOthers(before: Snapshot, now: Snapshot): boolean {
  return (
    before.ingresses !== now.ingresses ||
    before.ingressClasses !== now.ingressClasses ||
    before.configMaps !== now.configMaps ||
    before.namespaces !== now.namespaces
  );
}
