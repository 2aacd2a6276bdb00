/**
 * Duty: what an API server has now, read without any watch: what a source must have come to in the end.
 */
import assert from 'node:assert/strict';
import type { ObjectKey } from '@gatehouse/core';
import { hasSameContent, ObjectStore, parseObject, type Snapshot } from '@gatehouse/kube-model';
import type { ObjectSource } from '@gatehouse/pipeline';

/** What is compared of a server, by the names of its resources. */
const LISTED = {
  ingresses: ['Ingress', 'networking.k8s.io/v1'],
  ingressclasses: ['IngressClass', 'networking.k8s.io/v1'],
  services: ['Service', 'v1'],
  endpointslices: ['EndpointSlice', 'discovery.k8s.io/v1'],
  configmaps: ['ConfigMap', 'v1'],
  secrets: ['Secret', 'v1'],
} as const;

export interface FreshOptions {
  /** All objects of a resource, as the server has them now. */
  readonly list: (plural: string) => Promise<readonly unknown[]>;
  /** ConfigMaps that are read; no other is. */
  readonly configMaps: readonly ObjectKey[];
  /** Secrets that the rest of a snapshot asks for; no other is read. */
  readonly secretsOf: (snapshot: Snapshot) => ReadonlySet<ObjectKey>;
}

/** The snapshot of whoever would read everything now. */
export async function freshSnapshot({ list, configMaps, secretsOf }: FreshOptions): Promise<Snapshot> {
  const store = new ObjectStore();
  for (const [plural, [kind, apiVersion]] of Object.entries(LISTED)) {
    for (const item of await list(plural)) {
      const reading = parseObject({ ...(item as object), kind, apiVersion });
      if (reading.kind !== 'ours') continue;
      for (const object of reading.objects) {
        if (object.kind === 'ConfigMap' && !configMaps.includes(object.key)) continue;
        if (object.kind === 'Secret' && !secretsOf(store.snapshot()).has(object.key)) continue;
        store.upsert(object);
      }
      const [object] = reading.objects;
      if (object !== undefined) store.setProblems(object, reading.problems);
    }
  }
  return store.snapshot();
}

const LIMIT_MS = 20_000;
const POLL_MS = 25;

/** Resolves when the source has exactly what the server has; throws with the difference when it does not in 20 s. */
export async function expectFresh(source: Pick<ObjectSource, 'snapshot'>, options: FreshOptions): Promise<void> {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (;;) {
    const fresh = await freshSnapshot(options);
    if (differences(source.snapshot(), fresh).length === 0) return;
    if (performance.now() > deadlineMs) {
      assert.deepEqual(differences(source.snapshot(), fresh), []);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function differences(found: Snapshot, fresh: Snapshot): readonly string[] {
  return (Object.keys(fresh) as (keyof Snapshot)[]).flatMap((part) => {
    if (hasSameContent(found[part], fresh[part])) return [];
    if (part === 'problems') return [`problems: ${found.problems.length} instead of ${fresh.problems.length}`];
    const [has, wants]: readonly ReadonlyMap<ObjectKey, unknown>[] = [found[part], fresh[part]];
    const keys = new Set([...(has?.keys() ?? []), ...(wants?.keys() ?? [])]);
    const wrong = [...keys].filter((key) => !hasSameContent(has?.get(key), wants?.get(key)));
    return [`${part}: ${wrong.slice(0, 5).join(', ')} (${wrong.length} of ${keys.size})`];
  });
}
