/**
 * Duty: all objects that candidates are judged by, found by host and by Service, so that a review costs what the
 * candidate's own hosts cost. It is told of each object as it changes and copies nothing that grows with the cluster.
 * Must not judge anything.
 */
import { objectKey, type ObjectKey, type ObjectRef } from '@gatehouse/core';
import type { AnyObject, ConfigMap, Ingress, IngressClass, Namespace, Service, Snapshot } from '@gatehouse/kube-model';
import { ageComparator, coveringWildcard, reachOf, type RoutingOptions } from '@gatehouse/routing';
import { GroupedIngresses } from './grouped-ingresses.ts';
import { SharedMap } from './shared-map.ts';

/** What may have to do with some forms of one Ingress; all that does not is left out. */
export interface Neighbourhood {
  /** The snapshot of what is around, with `candidate` in it. */
  with(candidate: Ingress | undefined): Snapshot;
}

/**
 * Of the hosts below or above a wildcard only their being there counts, and for that a few of each namespace do: the
 * oldest one alone may be of another class, or a canary.
 */
const MOST_OF_A_NAMESPACE = 4;
const MOST_OVERLAPPING = 64;

/** Feed it every object, for instance by `store.observe((before, now) => index.change(before, now))`. */
export class AdmissionIndex {
  readonly #options: RoutingOptions;
  readonly #compareAge: (a: Ingress, b: Ingress) => number;
  readonly #byHost = new GroupedIngresses();
  /** By the wildcard that covers one of their hosts. */
  readonly #covered = new GroupedIngresses();
  readonly #byService = new GroupedIngresses();
  readonly #services = new Map<ObjectKey, Service>();
  // Few and seldom changed, so that each review may have all of them.
  readonly #ingressClasses = new SharedMap<IngressClass>();
  readonly #configMaps = new SharedMap<ConfigMap>();
  readonly #namespaces = new SharedMap<Namespace>();

  constructor(options: RoutingOptions) {
    this.#options = options;
    this.#compareAge = ageComparator(options.compatibility);
  }

  /** The index of a world that does not change. */
  static of(snapshot: Snapshot, options: RoutingOptions): AdmissionIndex {
    const index = new AdmissionIndex(options);
    const { ingresses, ingressClasses, services, configMaps, namespaces } = snapshot;
    for (const objects of [ingresses, ingressClasses, services, configMaps, namespaces])
      for (const object of objects.values()) index.change(undefined, object);
    return index;
  }

  /** One object as it was, undefined when it is new, and as it is, undefined when it is gone. */
  change(before: AnyObject | undefined, now: AnyObject | undefined): void {
    if (before !== undefined) this.#drop(before);
    if (now !== undefined) this.#add(now);
  }

  /** The Ingresses of any class that may lead to a Service. */
  usersOf(service: ObjectKey): Iterable<Ingress> {
    return this.#byService.get(service);
  }

  /** For use at once: it is no copy. */
  configMaps(): Snapshot['configMaps'] {
    return this.#configMaps.share();
  }

  /** All but the Ingresses, with `configMap` in place of whatever has its key. For use at once: it is no copy. */
  withConfigMap({ namespace, name }: ObjectRef, configMap: ConfigMap | undefined): Snapshot {
    const configMaps = new Map(this.#configMaps.share());
    if (configMap === undefined) configMaps.delete(objectKey(namespace, name));
    else configMaps.set(configMap.key, configMap);
    return { ...this.around([]).with(undefined), services: this.#services, configMaps };
  }

  /** What may have to do with one of `forms`, which are forms of one Ingress and are not in it themselves. */
  around(forms: readonly Ingress[]): Neighbourhood {
    const keys = new Set(forms.map(({ key }) => key));
    const found = new Set<Ingress>();
    for (const form of forms) for (const one of this.#neighbours(form)) if (!keys.has(one.key)) found.add(one);
    const services = this.#servicesOf([...found, ...forms]);
    const snapshot: Snapshot = {
      ingresses: new Map(),
      ingressClasses: this.#ingressClasses.share(),
      services,
      endpointSlices: new Map(),
      secrets: new Map(),
      configMaps: this.#configMaps.share(),
      namespaces: this.#namespaces.share(),
      problems: [],
    };
    const neighbours = Array.from(found, (ingress) => [ingress.key, ingress] as const);
    return {
      with: (candidate) => {
        const ingresses = new Map(neighbours);
        if (candidate !== undefined) ingresses.set(candidate.key, candidate);
        return { ...snapshot, ingresses };
      },
    };
  }

  *#neighbours(form: Ingress): Iterable<Ingress> {
    const { hosts } = reachOf(form, this.#options);
    const covering = new Set<string>();
    for (const host of hosts) {
      yield* this.#byHost.get(host);
      yield* this.#oldestOfEachNamespace(this.#covered.get(host), form.ref.namespace);
      const wildcard = coveringWildcard(host);
      if (wildcard !== undefined) covering.add(wildcard);
    }
    for (const wildcard of covering) yield* this.#oldestOfEachNamespace(this.#byHost.get(wildcard), form.ref.namespace);
  }

  /** But for the namespace `own`, and oldest first: whoever wins against all others is among them. */
  #oldestOfEachNamespace(ingresses: Iterable<Ingress>, own: string): readonly Ingress[] {
    const byNamespace = new Map<string, Ingress[]>();
    for (const ingress of ingresses) {
      const { namespace } = ingress.ref;
      if (namespace === own) continue;
      const oldest = byNamespace.get(namespace) ?? [];
      byNamespace.set(namespace, oldest);
      const last = oldest[MOST_OF_A_NAMESPACE - 1];
      if (last !== undefined && this.#compareAge(last, ingress) < 0) continue;
      oldest.push(ingress);
      oldest.sort(this.#compareAge).splice(MOST_OF_A_NAMESPACE);
    }
    return [...byNamespace.values()].flat().sort(this.#compareAge).slice(0, MOST_OVERLAPPING);
  }

  #servicesOf(ingresses: readonly Ingress[]): ReadonlyMap<ObjectKey, Service> {
    const services = new Map<ObjectKey, Service>();
    const use = (key: ObjectKey): void => {
      const service = this.#services.get(key);
      if (service !== undefined) services.set(key, service);
    };
    for (const ingress of ingresses) for (const key of reachOf(ingress, this.#options).services) use(key);
    if (this.#options.defaultBackendService !== undefined) use(this.#options.defaultBackendService);
    return services;
  }

  #add(object: AnyObject): void {
    switch (object.kind) {
      case 'Ingress':
        this.#places(object, (group, name) => group.add(name, object));
        return;
      case 'Service':
        this.#services.set(object.key, object);
        return;
      default:
        this.#mapOf(object)?.set(object.key, object);
    }
  }

  #drop(object: AnyObject): void {
    switch (object.kind) {
      case 'Ingress':
        this.#places(object, (group, name) => group.remove(name, object));
        return;
      case 'Service':
        this.#services.delete(object.key);
        return;
      default:
        this.#mapOf(object)?.delete(object.key);
    }
  }

  /** Endpoints and Secrets change no verdict. */
  #mapOf({ kind }: AnyObject): SharedMap<AnyObject> | undefined {
    switch (kind) {
      case 'IngressClass':
        return this.#ingressClasses;
      case 'ConfigMap':
        return this.#configMaps;
      case 'Namespace':
        return this.#namespaces;
      default:
        return undefined;
    }
  }

  /** Calls `at` with each place where an Ingress stands. */
  #places(ingress: Ingress, at: (group: GroupedIngresses, name: string) => void): void {
    const { hosts, services } = reachOf(ingress, this.#options);
    for (const key of services) at(this.#byService, key);
    for (const host of hosts) {
      at(this.#byHost, host);
      const wildcard = coveringWildcard(host);
      if (wildcard !== undefined) at(this.#covered, wildcard);
    }
  }
}
