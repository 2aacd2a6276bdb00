/**
 * Duty: the one mutable place where objects are kept, whoever brings them; it hands out frozen snapshots.
 * What did not change keeps its identity from one snapshot to the next: objects, whole Maps, the snapshot itself.
 * Must not know where objects come from, nor who asks.
 */
import { compareProblems, compareText, type ObjectKey, type Problem } from '@gatehouse/core';
import type { AnyObject, EndpointSlice } from './objects.ts';
import { LayeredMap } from './layered-map.ts';
import { hasSameContent } from './same-content.ts';
import type { Snapshot } from './snapshot.ts';

type Kind = AnyObject['kind'];
type Held = ReadonlyMap<ObjectKey, AnyObject>;

/** Told of one object: as it was, undefined when it is new, and as it is, undefined when it is gone. */
export type StoreObserver = (before: AnyObject | undefined, now: AnyObject | undefined) => void;

const NONE: Held = new Map();

/** Objects by kind and key. Every method is synchronous; `snapshot` is free when nothing changed. */
export class ObjectStore {
  readonly #byKind = new Map<Kind, Held>();
  /** The kinds whose Map is in a snapshot: it is copied before the next change. */
  readonly #handedOut = new Set<Kind>();
  /** Slices change all the time, one by one, so that neither copying nor comparing them may cost what there is of them. */
  #slicesByService = LayeredMap.of<ObjectKey, readonly EndpointSlice[]>(new Map());
  /** Those that came with the whole state. */
  #problems: readonly Problem[] = [];
  /** Those that came object by object. */
  readonly #problemsByObject = new Map<string, readonly Problem[]>();
  /** All of them, as a snapshot has them; undefined when they have to be put together anew. */
  #allProblems: readonly Problem[] | undefined = [];
  #snapshot: Snapshot | undefined;
  #observer: StoreObserver = () => undefined;

  /**
   * Tells `observer` of all that is held, and from now on of each change when it has happened. It never has to ask for a
   * snapshot, and as long as nobody does, no Map of all objects is ever copied. There is one observer; the last one wins.
   */
  observe(observer: StoreObserver): void {
    this.#observer = observer;
    for (const held of this.#byKind.values()) for (const object of held.values()) observer(undefined, object);
  }

  /**
   * Makes `objects` the whole state; of two with the same kind and key the first is taken. `problems` are those of
   * objects that could not be read. An object whose content is as before stays the very same object.
   */
  replaceAll(objects: readonly AnyObject[], problems: readonly Problem[] = []): void {
    const next = new Map<Kind, Map<ObjectKey, AnyObject>>();
    for (const object of objects) {
      const held = next.get(object.kind) ?? new Map<ObjectKey, AnyObject>();
      next.set(object.kind, held);
      if (!held.has(object.key)) held.set(object.key, this.#kept(object));
    }
    for (const kind of new Set([...this.#byKind.keys(), ...next.keys()]))
      this.#replaceKind(kind, next.get(kind) ?? NONE);
    this.#replaceProblems(problems);
  }

  /** Adds an object, or replaces the one of its kind and key. */
  upsert(object: AnyObject): void {
    const kept = this.#kept(object);
    const before = this.#held(object.kind).get(object.key);
    if (kept === before) return;
    this.#writable(object.kind).set(object.key, kept);
    if (before?.kind === 'EndpointSlice') this.#reindex(before.serviceKey, without(before));
    if (kept.kind === 'EndpointSlice') this.#reindex(kept.serviceKey, withAdded(kept));
    this.#observer(before, kept);
  }

  /** Removes an object; nothing happens when there is none. */
  remove(kind: Kind, key: ObjectKey): void {
    const before = this.#held(kind).get(key);
    if (before === undefined) return;
    this.#writable(kind).delete(key);
    if (before.kind === 'EndpointSlice') this.#reindex(before.serviceKey, without(before));
    this.#observer(before, undefined);
  }

  /** What is wrong with one object that could not be read, or not all of it; empty: nothing any more. */
  setProblems({ kind, key }: { readonly kind: Kind; readonly key: ObjectKey }, problems: readonly Problem[]): void {
    const place = `${kind} ${key}`;
    if (hasSameContent(problems, this.#problemsByObject.get(place) ?? [])) return;
    if (problems.length === 0) this.#problemsByObject.delete(place);
    else this.#problemsByObject.set(place, problems);
    this.#allProblems = undefined;
    this.#snapshot = undefined;
  }

  /** The state as it is now; the same snapshot again when nothing changed since. */
  snapshot(): Snapshot {
    this.#snapshot ??= this.#freeze();
    return this.#snapshot;
  }

  #freeze(): Snapshot {
    for (const kind of this.#byKind.keys()) if (kind !== 'EndpointSlice') this.#handedOut.add(kind);
    this.#allProblems ??= sorted([...this.#problems, ...[...this.#problemsByObject.values()].flat()]);
    return Object.freeze({
      ingresses: this.#held('Ingress') as Snapshot['ingresses'],
      ingressClasses: this.#held('IngressClass') as Snapshot['ingressClasses'],
      services: this.#held('Service') as Snapshot['services'],
      endpointSlices: this.#slicesByService,
      secrets: this.#held('Secret') as Snapshot['secrets'],
      configMaps: this.#held('ConfigMap') as Snapshot['configMaps'],
      namespaces: this.#held('Namespace') as Snapshot['namespaces'],
      problems: this.#allProblems,
    });
  }

  #held(kind: Kind): Held {
    return this.#byKind.get(kind) ?? NONE;
  }

  #kept(object: AnyObject): AnyObject {
    const before = this.#held(object.kind).get(object.key);
    return before !== undefined && hasSameContent(before, object) ? before : object;
  }

  #writable(kind: Kind): Map<ObjectKey, AnyObject> {
    this.#snapshot = undefined;
    const held = this.#held(kind);
    if (held !== NONE && !this.#handedOut.has(kind)) return held as Map<ObjectKey, AnyObject>;
    const copy = new Map(held);
    this.#handedOut.delete(kind);
    this.#byKind.set(kind, copy);
    return copy;
  }

  #replaceKind(kind: Kind, next: Held): void {
    const before = this.#held(kind);
    if (isSameMap(before, next)) return;
    this.#snapshot = undefined;
    this.#handedOut.delete(kind);
    this.#byKind.set(kind, next);
    if (kind === 'EndpointSlice') {
      this.#slicesByService = LayeredMap.of(indexed(next, this.#slicesByService));
    }
    this.#tellOfAll(before, next);
  }

  #tellOfAll(before: Held, now: Held): void {
    for (const [key, object] of before) if (!now.has(key)) this.#observer(object, undefined);
    for (const [key, object] of now) if (before.get(key) !== object) this.#observer(before.get(key), object);
  }

  #replaceProblems(problems: readonly Problem[]): void {
    const ordered = sorted(problems);
    if (hasSameContent(ordered, this.#problems) && this.#problemsByObject.size === 0) return;
    this.#snapshot = undefined;
    this.#problems = ordered;
    this.#problemsByObject.clear();
    this.#allProblems = ordered;
  }

  #reindex(service: ObjectKey, change: (slices: readonly EndpointSlice[]) => readonly EndpointSlice[]): void {
    const slices = change(this.#slicesByService.get(service) ?? []);
    this.#slicesByService = this.#slicesByService.with(
      service,
      slices.length === 0 ? undefined : Object.freeze(slices),
    );
  }
}

function sorted(problems: readonly Problem[]): readonly Problem[] {
  return Object.freeze(problems.toSorted(compareProblems));
}

function withAdded(slice: EndpointSlice): (slices: readonly EndpointSlice[]) => readonly EndpointSlice[] {
  return (slices) => [...slices, slice].sort(compareByKey);
}

function without(slice: EndpointSlice): (slices: readonly EndpointSlice[]) => readonly EndpointSlice[] {
  return (slices) => slices.filter((other) => other.key !== slice.key);
}

function compareByKey(a: EndpointSlice, b: EndpointSlice): number {
  return compareText(a.key, b.key);
}

/** The slices by Service; an array whose slices are those of `before` is that very array. */
function indexed(slices: Held, before: Snapshot['endpointSlices']): Snapshot['endpointSlices'] {
  const index = new Map<ObjectKey, EndpointSlice[]>();
  for (const slice of slices.values() as MapIterator<EndpointSlice>) {
    const group = index.get(slice.serviceKey);
    if (group === undefined) index.set(slice.serviceKey, [slice]);
    else group.push(slice);
  }
  return new Map(
    Array.from(index, ([service, group]) => {
      const sorted = group.sort(compareByKey);
      const old = before.get(service);
      const isSame = old?.length === sorted.length && old.every((slice, place) => slice === sorted[place]);
      return [service, isSame ? old : Object.freeze(sorted)];
    }),
  );
}

function isSameMap(a: Held, b: Held): boolean {
  if (a.size !== b.size) return false;
  for (const [key, object] of a) if (b.get(key) !== object) return false;
  return true;
}
