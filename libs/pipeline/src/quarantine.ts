/**
 * Duty: keeping Ingresses that nginx refused from the others: their last accepted form stands in for them, or nothing.
 * Pure. Must not know how a culprit is found.
 */
import type { ObjectKey, Problem } from '@gatehouse/core';
import type { Ingress, Snapshot } from '@gatehouse/kube-model';

/** One Ingress that is kept out until it changes. */
export interface QuarantineEntry {
  /** The form that nginx refused; any other form of the object ends the quarantine. */
  readonly refused: Ingress;
  /** The form that serves instead; undefined when none was ever accepted, or that one is refused now too. */
  readonly replacement?: Ingress;
  /** What nginx said. */
  readonly message: string;
}

export type Quarantine = ReadonlyMap<ObjectKey, QuarantineEntry>;

/** The Ingresses that nginx last accepted. */
export type AcceptedIngresses = Snapshot['ingresses'];

/** Without those whose object has changed or is gone: they get another chance. */
export function releaseChanged(quarantine: Quarantine, snapshot: Snapshot): Quarantine {
  const kept = [...quarantine].filter(([key, entry]) => snapshot.ingresses.get(key) === entry.refused);
  return kept.length === quarantine.size ? quarantine : new Map(kept);
}

/** The snapshot with the stand-ins instead of the refused ones; the very same snapshot when nobody is quarantined. */
export function applyQuarantine(snapshot: Snapshot, quarantine: Quarantine): Snapshot {
  if (quarantine.size === 0) return snapshot;
  const ingresses = new Map(snapshot.ingresses);
  for (const [key, entry] of quarantine) {
    if (!ingresses.has(key)) continue;
    if (entry.replacement === undefined) ingresses.delete(key);
    else ingresses.set(key, entry.replacement);
  }
  return { ...snapshot, ingresses };
}

export interface Culprit {
  readonly key: ObjectKey;
  readonly message: string;
}

/**
 * The quarantine with one more: first the last accepted form stands in; when that is what was refused, nothing does.
 * Undefined when the object is not in the snapshot or is kept out altogether already, so that nothing would change.
 */
export function addCulprit(
  quarantine: Quarantine,
  culprit: Culprit,
  { snapshot, accepted }: { readonly snapshot: Snapshot; readonly accepted: AcceptedIngresses },
): Quarantine | undefined {
  const refused = snapshot.ingresses.get(culprit.key);
  if (refused === undefined) return undefined;
  const entry = quarantine.get(culprit.key);
  if (entry !== undefined && entry.replacement === undefined) return undefined;
  const lastAccepted = accepted.get(culprit.key);
  const replacement = entry === undefined && lastAccepted !== refused ? lastAccepted : undefined;
  // What nginx said of the form that the author wrote is what they can do something about.
  const message = entry?.message ?? culprit.message;
  return new Map(quarantine).set(culprit.key, {
    refused,
    message,
    ...(replacement === undefined ? {} : { replacement }),
  });
}

const LONGEST_MESSAGE = 400;

/** One Problem for each, unordered. */
export function quarantineProblems(quarantine: Quarantine): readonly Problem[] {
  return [...quarantine.values()].map((entry) => ({
    code: 'ConfigRejected',
    object: entry.refused.ref,
    field: '',
    message: `nginx says: ${shorten(entry.message)}`,
  }));
}

function shorten(message: string): string {
  const line = message.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}
