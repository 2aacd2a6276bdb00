/**
 * Duty: the ownership of hosts in a snapshot, which stays the same object as long as it gives the same answers.
 */
import type { Problem } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import type { Ownership } from './entitlement.ts';
import { areSameOwners, resolveOwners } from './host-owners.ts';
import type { OperatorPolicy } from './operator-policy.ts';

export interface OwnershipReading {
  /** Undefined: host ownership is off. */
  readonly ownership: Ownership | undefined;
  readonly problems: readonly Problem[];
}

const off: OwnershipReading = Object.freeze({ ownership: undefined, problems: [] });

/** Looks at Namespaces again only when the policy or any of them changed. */
export function rememberingOwnership(): (policy: OperatorPolicy, snapshot: Snapshot) => OwnershipReading {
  let before: { readonly reading: OwnershipReading; readonly namespaces: Snapshot['namespaces'] } | undefined;
  return (policy, { namespaces }) => {
    if (policy.ownership === 'off') return off;
    const known = before?.reading;
    const isOfSamePolicy = known?.ownership?.policy === policy;
    if (known !== undefined && isOfSamePolicy && before?.namespaces === namespaces) return known;
    const { owners, problems } = resolveOwners(policy, namespaces);
    const isSame = isOfSamePolicy && areSameOwners(owners, known.ownership.owners);
    const ownership = isSame ? known.ownership : Object.freeze({ policy, owners });
    before = { reading: { ownership, problems }, namespaces };
    return before.reading;
  };
}
