/**
 * Duty: what an object of a file keeps while its newest form is malformed: all that it was before, as an API server, which
 * refuses such a form, would have kept it. Pure.
 */
import { describeObject } from '@gatehouse/core';
import type { AnyObject, Reading } from '@gatehouse/kube-model';
import type { ManifestObject } from './parse-manifest.ts';

/** What each object of a file gave when it was last without fault, by `describeObject`. */
export type LastGood = ReadonlyMap<string, readonly AnyObject[]>;

/** The objects of a file, with what counts of them, and what the next version of the file can fall back to. */
export interface KeptObjects {
  readonly objects: readonly ManifestObject[];
  readonly lastGood: LastGood;
}

/** Whether something of the object could not be read. */
export function isMalformed({ problems }: Pick<Extract<Reading, { readonly kind: 'ours' }>, 'problems'>): boolean {
  return problems.some(({ code }) => code === 'ObjectMalformed');
}

/**
 * Puts the last good form of each malformed object in the place of what is left of it; its Problems stay. An object that
 * never was without fault counts as far as it can be read. `before` is that of the last version of the file.
 */
export function keepLastGood(objects: readonly ManifestObject[], before: LastGood): KeptObjects {
  const lastGood = new Map<string, readonly AnyObject[]>();
  const seen = new Set<string>();
  const kept = objects.map((object) => {
    const { reading } = object;
    const name = describeObject(reading.ref);
    // Of two declarations of one object the first counts.
    if (reading.ref.name === '' || seen.has(name)) return object;
    seen.add(name);
    const good = isMalformed(reading) ? before.get(name) : reading.objects;
    if (good === undefined) return object;
    lastGood.set(name, good);
    return good === reading.objects ? object : { ...object, reading: { ...reading, objects: good } };
  });
  return { objects: kept, lastGood };
}
