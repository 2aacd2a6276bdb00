/**
 * Duty: whom to leave out when nginx refuses a configuration: the Ingress whose line it names, or else those whose change it
 * is that makes the difference.
 */
import type { Settings } from '@gatehouse/annotations';
import { objectKey, type ObjectKey } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import type { Bundle } from '@gatehouse/nginx';
import { findCulprits } from './find-culprits.ts';
import type { Refusal } from './ports.ts';
import { addCulprit, type AcceptedIngresses, type Quarantine } from './quarantine.ts';

/** What nginx refused, and what it was made of: the snapshot without those that are left out already. */
export interface Refused {
  readonly snapshot: Snapshot;
  readonly settings: Settings;
  readonly bundle: Bundle;
  readonly refusal: Refusal;
}

export interface Known {
  readonly quarantine: Quarantine;
  readonly accepted: AcceptedIngresses;
  readonly acceptedSettings?: Settings;
  /** With everything in it. */
  readonly snapshot: Snapshot;
  /** Why nginx would refuse what follows from a snapshot; undefined when it would not. */
  test(snapshot: Snapshot): Promise<string | undefined>;
}

/** The quarantine with those that are to blame; undefined when nobody can be blamed. */
export async function quarantineCulprits(refused: Refused, known: Known): Promise<Quarantine | undefined> {
  const { bundle, refusal } = refused;
  const named = originOfRefusal(bundle, refusal);
  if (named !== undefined && mayBeBlamed(named, refused, known)) {
    const larger = addCulprit(known.quarantine, { key: named, message: refusal.message }, known);
    if (larger !== undefined) return larger;
  }
  const culprits = await bisect(refused, known);
  return culprits.reduce<Quarantine | undefined>(
    (sum, culprit) => addCulprit(sum ?? known.quarantine, culprit, known) ?? sum,
    undefined,
  );
}

function originOfRefusal(bundle: Bundle, { line }: Refusal): ObjectKey | undefined {
  const object = line === undefined ? undefined : bundle.originOfLine(line)?.object;
  return object?.kind === 'Ingress' ? objectKey(object.namespace, object.name) : undefined;
}

/**
 * Something else than this Ingress may have changed what is written for it: a Service, say, which concerns it alone,
 * or the settings. What the settings break is no Ingress' fault: nobody who was served is left out for that.
 */
function mayBeBlamed(key: ObjectKey, { snapshot, settings }: Refused, { accepted, acceptedSettings }: Known): boolean {
  return accepted.get(key) !== snapshot.ingresses.get(key) || acceptedSettings === settings;
}

async function bisect({ snapshot, refusal }: Refused, known: Known): ReturnType<typeof findCulprits> {
  const { accepted } = known;
  const current = snapshot.ingresses;
  const changed = [...current].filter(([key, ingress]) => accepted.get(key) !== ingress).map(([key]) => key);
  const test = (keys: readonly ObjectKey[]): Promise<string | undefined> => {
    const chosen = new Set(keys);
    const left = changed.filter((key) => !chosen.has(key));
    return known.test({ ...snapshot, ingresses: withAccepted(current, left, accepted) });
  };
  if ((await test(changed)) === undefined) {
    throw new Error(`nginx could not run a configuration that it accepts in a test: ${refusal.message}`);
  }
  if (changed.length === 0 || (await test([])) !== undefined) return [];
  return findCulprits(changed, refusal.message, test);
}

/** The Ingresses with the named ones in their last accepted form, or left out when there is none. */
function withAccepted(
  current: Snapshot['ingresses'],
  keys: readonly ObjectKey[],
  accepted: AcceptedIngresses,
): Snapshot['ingresses'] {
  const ingresses = new Map(current);
  for (const key of keys) {
    const before = accepted.get(key);
    if (before === undefined) ingresses.delete(key);
    else ingresses.set(key, before);
  }
  return ingresses;
}
