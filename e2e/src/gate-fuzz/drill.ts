/**
 * Duty: one Ingress after another comes to a gate, and what has to hold of each: in a cluster that holds what was admitted,
 * and in one that holds whatever came, as it would without a gate.
 */
import type { ObjectRef } from '@gatehouse/core';
import type { RenderOptions } from '@gatehouse/nginx';
import type { RoutingOptions } from '@gatehouse/routing';
import type { NginxPlace } from '../harness/bare-nginx.ts';
import { isObject, type Json, type JsonObject } from './broken-json.ts';
import { Cluster, losses, readIngress, type Stored } from './cluster.ts';
import { worsened } from './controllers-view.ts';
import { FuzzedGate, type Answered } from './gate.ts';
import { ProvenByNginx } from './proven-by-nginx.ts';

const BEGIN_MS = Date.UTC(2026, 0, 1);
const STEP_MS = 1000;
const NGINX_BATCH = 25;

export interface DrillOptions {
  readonly routing: RoutingOptions;
  readonly rendering: RenderOptions;
  readonly place: NginxPlace;
  readonly surroundings: readonly object[];
}

/** How often what happened. */
export interface Tally {
  admitted: number;
  denied: number;
  updates: number;
  deleted: number;
  /** Not an Ingress at all. */
  noReview: number;
}

export class Drill {
  readonly tally: Tally = { admitted: 0, denied: 0, updates: 0, deleted: 0, noReview: 0 };
  readonly gate: FuzzedGate;
  readonly #routing: RoutingOptions;
  /** Holds what was admitted. */
  readonly #guarded: Cluster;
  /** Holds what was denied as well. */
  readonly #open: Cluster;
  readonly #ofGuarded: ProvenByNginx;
  readonly #ofOpen: ProvenByNginx;
  /** Each Ingress in the guarded cluster as it was sent, with what the API server adds. */
  readonly #stored = new Map<string, Json>();
  #nowMs = BEGIN_MS;

  constructor({ routing, rendering, place, surroundings }: DrillOptions) {
    this.#routing = routing;
    this.#guarded = new Cluster(routing, rendering);
    this.#open = new Cluster(routing, rendering);
    this.#ofGuarded = new ProvenByNginx(place, NGINX_BATCH);
    this.#ofOpen = new ProvenByNginx(place, NGINX_BATCH);
    this.gate = new FuzzedGate(this.#guarded, routing);
    for (const object of surroundings) {
      this.#guarded.put(object);
      this.#open.put(object);
    }
  }

  get nginxTests(): number {
    return this.#ofGuarded.tests + this.#ofOpen.tests;
  }

  /** Creates or updates an Ingress. Throws when something does not hold. */
  apply(sent: Json): void {
    this.#nowMs += STEP_MS;
    const ref = readIngress(sent)?.ref;
    const key = ref === undefined ? '' : `${ref.namespace}/${ref.name}`;
    const oldObject = this.#stored.get(key);
    const object = asServer(sent, oldObject, this.#nowMs);
    const nowMs = this.#nowMs;
    const answered = this.gate.ask(
      oldObject === undefined
        ? { operation: 'CREATE', object, nowMs }
        : { operation: 'UPDATE', object, oldObject, nowMs },
    );
    if (answered === undefined || ref === undefined) {
      this.tally.noReview += 1;
      return;
    }
    if (oldObject !== undefined) this.tally.updates += 1;
    this.tally[answered.allowed ? 'admitted' : 'denied'] += 1;
    this.#mustPass('an update that changes nothing', { object, oldObject: object });
    this.#mustPass('an update of a label', { object: relabelled(object), oldObject: object });
    const guarded = this.#store(this.#guarded, { ref, object });
    this.#mustAgree(answered, guarded);
    if (answered.allowed) {
      this.#mustHarmNobody('admitted', guarded);
      this.#ofGuarded.add({ what: JSON.stringify(object), bundle: guarded.after.bundle });
      this.#stored.set(key, object);
    } else {
      this.#guarded.remove(ref);
      if (oldObject !== undefined) this.#guarded.put(oldObject);
    }
    const open = this.#store(this.#open, { ref, object });
    this.#mustHarmNobody('denied, but stored', open);
    this.#ofOpen.add({ what: JSON.stringify(object), bundle: open.after.bundle });
  }

  /** Deletes the Ingress of the name that `sent` has, when there is one. */
  delete(sent: Json): void {
    const ref = readIngress(sent)?.ref;
    const key = ref === undefined ? '' : `${ref.namespace}/${ref.name}`;
    const oldObject = this.#stored.get(key);
    if (ref === undefined || oldObject === undefined) return;
    const answered = this.gate.ask({ operation: 'DELETE', oldObject, nowMs: this.#nowMs });
    if (answered?.allowed !== true) throw new Error(`it may not be deleted: ${key}`);
    this.#guarded.remove(ref);
    this.#open.remove(ref);
    this.#stored.delete(key);
    this.tally.deleted += 1;
  }

  /** Has nginx look at what it has not seen yet. */
  finish(): void {
    this.#ofGuarded.finish();
    this.#ofOpen.finish();
  }

  #mustPass(what: string, forms: { readonly object: Json; readonly oldObject: Json }): void {
    const answered = this.gate.ask({ operation: 'UPDATE', ...forms, nowMs: this.#nowMs });
    if (answered?.allowed === false) throw new Error(`${what} is denied: ${JSON.stringify(answered.answer.response)}`);
  }

  #store(cluster: Cluster, { ref, object }: { readonly ref: ObjectRef; readonly object: Json }): Stored {
    const before = cluster.serve(this.#nowMs);
    const old = cluster.ingress(ref);
    cluster.put(object);
    return { ref, old, now: readIngress(object)?.ingress, before, after: cluster.serve(this.#nowMs) };
  }

  /**
   * The gate sees a part of the cluster, the controller all of it. An update is admitted for all that it does not make worse,
   * which is more than what says the very same as before.
   */
  #mustAgree({ allowed, answer }: Answered, stored: Stored): void {
    const problems = worsened(stored);
    if (allowed === (problems.length === 0) || (allowed && stored.old !== undefined)) return;
    const controller = `the controller finds ${JSON.stringify(problems)}`;
    throw new Error(`the gate says ${JSON.stringify(answer.response)}, but ${controller}`);
  }

  #mustHarmNobody(what: string, stored: Stored): void {
    const lost = losses(stored, this.#routing);
    if (lost.length > 0) throw new Error(`${what}: ${lost.join('; ')}`);
  }
}

/** With what the API server itself fills in and keeps. */
function asServer(sent: Json, stored: Json | undefined, nowMs: number): Json {
  const kept = stored === undefined ? undefined : metadataOf(stored);
  return withMetadata(sent, {
    uid: kept?.['uid'] ?? `uid-${nowMs}`,
    creationTimestamp: kept?.['creationTimestamp'] ?? new Date(nowMs).toISOString(),
  });
}

function relabelled(object: Json): Json {
  return withMetadata(object, { labels: { seen: 'yes' } });
}

function withMetadata(object: Json, more: JsonObject): Json {
  const metadata = metadataOf(object);
  if (metadata === undefined) return object;
  return { ...(object as JsonObject), metadata: { ...metadata, ...more } };
}

function metadataOf(object: Json): JsonObject | undefined {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  return isObject(metadata) ? metadata : undefined;
}
