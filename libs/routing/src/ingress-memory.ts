/**
 * Duty: what is remembered of one Ingress from one resolve to the next. It is kept as long as the Ingress is the very
 * same object, and each part is made again as soon as anything else that it was made of is another object.
 */
import type { Settings } from '@gatehouse/annotations';
import type { ObjectKey } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import { checkIngress } from './check/check-ingress.ts';
import type { CheckedIngress } from './check/checked-ingress.ts';
import { isTimely, linkIngress, namesSameObjects } from './link/link-ingress.ts';
import type { LinkedIngress } from './link/linked-ingress.ts';
import type { World } from './link/world.ts';
import type { RoutingOptions } from './options.ts';
import type { Selection, Selector } from './select-ingress.ts';

export interface IngressMemory {
  readonly ingress: Ingress;
  selection?: { readonly by: Selector; readonly made: Selection };
  checked?: { readonly by: Settings; readonly made: CheckedIngress };
  /** `round` is the last one in which the link was seen to hold. */
  linked?: { readonly by: CheckedIngress; readonly made: LinkedIngress; round: number };
  /** Tells the old members of a list from the new ones; only means something within one round. */
  mark: 'come' | 'gone' | 'kept';
}

/** One resolve. */
export interface Round {
  readonly number: number;
  readonly world: World;
  /** What changed since an earlier round. */
  readonly changes: Changes | undefined;
}

/** The keys of what is not the same object as in an earlier round. */
export interface Changes {
  readonly sinceRound: number;
  readonly isEmpty: boolean;
  readonly services: ReadonlySet<ObjectKey>;
  readonly endpointSlices: ReadonlySet<ObjectKey>;
  readonly secrets: ReadonlySet<ObjectKey>;
}

export function selectRemembered(memory: IngressMemory, selector: Selector): Selection {
  if (memory.selection?.by !== selector) memory.selection = { by: selector, made: selector(memory.ingress) };
  return memory.selection.made;
}

export function checkRemembered(memory: IngressMemory, settings: Settings, options: RoutingOptions): CheckedIngress {
  if (memory.checked?.by !== settings) {
    memory.checked = { by: settings, made: checkIngress(memory.ingress, { options, settings }) };
  }
  return memory.checked.made;
}

export function linkRemembered(memory: IngressMemory, checked: CheckedIngress, round: Round): LinkedIngress {
  const known = memory.linked;
  if (known?.by === checked && isStillTrue(known.made, known.round, round)) {
    known.round = round.number;
    return known.made;
  }
  const made = linkIngress(checked, round.world);
  memory.linked = { by: checked, made, round: round.number };
  return made;
}

/** Looking at the few changes is much quicker than looking every object up, when the link held where they begin. */
function isStillTrue(linked: LinkedIngress, lastRound: number, { world, changes }: Round): boolean {
  const { uses } = linked;
  if (!isTimely(linked, world.nowMs)) return false;
  if (changes?.sinceRound !== lastRound) return namesSameObjects(linked, world.snapshot);
  if (changes.isEmpty) return true;
  for (const { key } of uses.services) if (changes.services.has(key) || changes.endpointSlices.has(key)) return false;
  for (const { key } of uses.secrets) if (changes.secrets.has(key)) return false;
  return true;
}
