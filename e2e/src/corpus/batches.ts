/**
 * Duty: which cases can share one nginx: those of the same flags and of no settings, that have no object and no host in
 * common.
 */
import type { CorpusCase, CorpusObject } from '@gatehouse/testing/corpus';
import { metadataOf } from './configure-case.ts';

export interface BatchItem {
  readonly one: CorpusCase;
  /** Everything that exists when the case is served. */
  readonly objects: readonly CorpusObject[];
  /** Names of the hosts that its objects bring. */
  readonly hosts: readonly string[];
}

interface Batch {
  readonly flags: string;
  readonly keys: Map<string, string>;
  readonly hosts: Set<string>;
  readonly items: BatchItem[];
}

/** Every item in one batch, in the first one that it fits into. */
export function batchesOf(items: readonly BatchItem[]): readonly (readonly BatchItem[])[] {
  const batches: Batch[] = [];
  for (const item of items) {
    const flags = isAlone(item) ? item.objects.map(keyOf).join() + item.one.title : item.one.flags.join();
    let batch = batches.find((each) => each.flags === flags && fits(each, item));
    if (batch === undefined) {
      batch = { flags, keys: new Map(), hosts: new Set(), items: [] };
      batches.push(batch);
    }
    for (const object of item.objects) batch.keys.set(keyOf(object), JSON.stringify(object));
    for (const host of item.hosts) batch.hosts.add(host);
    batch.items.push(item);
  }
  return batches.map(({ items: together }) => together);
}

/** What the operator says holds for everybody. */
function isAlone({ objects }: BatchItem): boolean {
  return objects.some(
    (object) => object['kind'] === 'ConfigMap' && metadataOf(object)['namespace'] === 'ingress-nginx',
  );
}

function fits({ keys, hosts }: Batch, item: BatchItem): boolean {
  const isSame = (object: CorpusObject): boolean =>
    (keys.get(keyOf(object)) ?? JSON.stringify(object)) === JSON.stringify(object);
  return item.objects.every(isSame) && !item.hosts.some((host) => hosts.has(host));
}

export function keyOf(object: CorpusObject): string {
  const { namespace = '', name = '' } = metadataOf(object);
  return [object['kind'], namespace, name].map(String).join(' ');
}
