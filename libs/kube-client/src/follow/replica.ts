/**
 * Duty: our copy of one scope of objects of one kind: everything in the cluster, in a namespace, or of one name. Tells
 * by uid and version what is new, and puts only that into the store. Must not know requests.
 */
import { objectKey, type ObjectKey, type Problem } from '@gatehouse/core';
import { parseObject, type AnyObject, type ObjectStore } from '@gatehouse/kube-model';
import { fieldsOf, textAt } from '../json.ts';
import { compareVersions } from './compare-versions.ts';
import type { WatchedKind } from './watched-kind.ts';

/** What is known of one object. */
interface Held {
  readonly uid: string;
  readonly version: string;
  /** Under which keys the store has what was made of it; usually one. */
  readonly stored: readonly ObjectKey[];
}

/** `known`: nothing new; `disordered`: older than what is known, so that the order of what comes cannot be trusted. */
export type Taken = 'changed' | 'disordered' | 'known';

/** What is read of an object's JSON before anything else. */
export interface ObjectHead {
  readonly key: ObjectKey;
  readonly uid: string;
  readonly version: string;
}

export function headOf(json: unknown): ObjectHead {
  const metadata = fieldsOf(fieldsOf(json)['metadata']);
  return {
    key: objectKey(textAt(metadata, 'namespace'), textAt(metadata, 'name')),
    uid: textAt(metadata, 'uid'),
    version: textAt(metadata, 'resourceVersion'),
  };
}

export class Replica {
  readonly #kind: WatchedKind;
  readonly #store: ObjectStore;
  #held = new Map<ObjectKey, Held>();

  constructor(kind: WatchedKind, store: ObjectStore) {
    this.#kind = kind;
    this.#store = store;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Begins a new whole state: give it all objects, then end it. Until then everything stays as it is. */
  beginList(): ListUnderWay {
    const listed = new Map<ObjectKey, unknown>();
    return {
      add: (json) => {
        const head = headOf(json);
        // What did not change is not kept twice in memory while the other pages come.
        listed.set(head.key, isSame(this.#held.get(head.key), head) ? undefined : this.#parsed(json));
      },
      get size() {
        return listed.size;
      },
      end: () => this.#replace(listed as ReadonlyMap<ObjectKey, Parsed | undefined>),
    };
  }

  /** Whether exactly this form of the object is held. */
  knows(json: unknown): boolean {
    const head = headOf(json);
    return isSame(this.#held.get(head.key), head);
  }

  /** An object as it is now, by an event or by having been asked for. */
  stands(json: unknown): Taken {
    const head = headOf(json);
    const held = this.#held.get(head.key);
    if (isSame(held, head)) return 'known';
    if (isOlder(head, held)) return 'disordered';
    this.#take(head.key, this.#parsed(json));
    return 'changed';
  }

  /** An object that was deleted, or left the scope. */
  gone(json: unknown): Taken {
    const head = headOf(json);
    const held = this.#held.get(head.key);
    if (held === undefined) return 'known';
    // It was seen in a later form, or another object has its name by now: this is old news.
    if (isOlder(head, held)) return 'disordered';
    this.#drop(head.key, held);
    return 'changed';
  }

  /** Whatever is told of it next is newer: the versions of a server whose storage was restored begin anew. */
  forgetVersion(key: ObjectKey): void {
    const held = this.#held.get(key);
    if (held !== undefined) this.#held.set(key, { ...held, version: '' });
  }

  /** The object of this key does not exist. */
  absent(key: ObjectKey): Taken {
    const held = this.#held.get(key);
    if (held === undefined) return 'known';
    this.#drop(key, held);
    return 'changed';
  }

  #replace(listed: ReadonlyMap<ObjectKey, Parsed | undefined>): Taken {
    let taken: Taken = 'known';
    for (const [key, held] of this.#held) {
      if (listed.has(key)) continue;
      this.#drop(key, held);
      taken = 'changed';
    }
    for (const [key, parsed] of listed) {
      if (parsed === undefined) continue;
      this.#take(key, parsed);
      taken = 'changed';
    }
    return taken;
  }

  #parsed(json: unknown): Parsed {
    const { kind, apiVersion } = this.#kind;
    const { uid, version } = headOf(json);
    // Objects in a list leave out what they are.
    const reading = parseObject({ ...fieldsOf(json), apiVersion, kind });
    const [objects, problems] = reading.kind === 'ours' ? [reading.objects, reading.problems] : [[], []];
    return { uid, version, objects, problems };
  }

  #take(key: ObjectKey, { uid, version, objects, problems }: Parsed): void {
    const { kind } = this.#kind;
    const before = this.#held.get(key);
    this.#store.setProblems({ kind, key }, problems);
    // An object of which nothing can be read any more serves on as it was, as long as it exists.
    const isLost = objects.length === 0 && problems.length > 0 && before?.uid === uid;
    if (isLost) {
      this.#held.set(key, { uid, version, stored: before.stored });
      return;
    }
    const stored = objects.map((object) => object.key);
    for (const old of before?.stored ?? []) if (!stored.includes(old)) this.#store.remove(kind, old);
    for (const object of objects) this.#store.upsert(object);
    this.#held.set(key, { uid: objects[0]?.uid ?? uid, version: objects[0]?.resourceVersion ?? version, stored });
  }

  #drop(key: ObjectKey, held: Held): void {
    const { kind } = this.#kind;
    this.#held.delete(key);
    this.#store.setProblems({ kind, key }, []);
    for (const old of held.stored) this.#store.remove(kind, old);
  }
}

export interface ListUnderWay {
  add(json: unknown): void;
  readonly size: number;
  end(): Taken;
}

interface Parsed {
  readonly uid: string;
  readonly version: string;
  readonly objects: readonly AnyObject[];
  readonly problems: readonly Problem[];
}

function isSame(held: Held | undefined, { uid, version }: ObjectHead): boolean {
  return held?.uid === uid && held.version === version && version !== '';
}

/** Versions grow over all objects of a kind, so this holds for two objects of one name, too. */
function isOlder(head: ObjectHead, held: Held | undefined): boolean {
  if (held === undefined || held.version === '') return false;
  const order = compareVersions(head.version, held.version);
  return order === undefined ? head.uid !== held.uid : order < 0;
}
