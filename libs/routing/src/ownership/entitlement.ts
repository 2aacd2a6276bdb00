/**
 * Duty: whether a namespace may have a host, as the policy says; delegation and exemptions are another matter.
 */
import { compareText, quoteFound } from '@gatehouse/core';
import { describeHost } from '../check/check-ingress.ts';
import type { HostOwners, Owners } from './host-owners.ts';
import type { OperatorPolicy } from './operator-policy.ts';
import { EVERYTHING_ELSE, suffixesOf } from './parse-suffix.ts';

/** The policy together with the owners that it leads to. Frozen; the same object as long as it gives the same answers. */
export interface Ownership {
  readonly policy: OperatorPolicy;
  readonly owners: HostOwners;
}

/** Why a namespace may not have a host. */
export interface Refusal {
  /** The suffix that decides; empty when none does. */
  readonly suffix: string;
  /** Sorted. */
  readonly owners: readonly string[];
  /** One clause that names the host. */
  readonly reason: string;
}

interface Decider {
  readonly suffix: string;
  readonly owners: Owners;
}

const MOST_NAMES = 3;

/** Undefined: it may. `host` is as in the model: a name, `*.` and a name, or empty. */
export function refuseHost(ownership: Ownership, host: string, namespace: string): Refusal | undefined {
  const { policy, owners } = ownership;
  const isWildcard = host.startsWith('*.');
  const decider = findDecider(owners, isWildcard ? host.slice(2) : host);
  if (decider !== undefined) return decider.owners.has(namespace) ? undefined : ownedByOthers(host, decider);
  if (policy.isUnclear) return refusal(`nobody may have ${describeHost(host)} until the policy ConfigMap can be read`);
  if (policy.unownedHosts === 'deny') return refusal(`${describeHost(host)} belongs to nobody by the policy`);
  if (host === '') return refuseCatchAll(owners, namespace);
  return isWildcard ? refuseWildcard(owners, host, namespace) : undefined;
}

/** Whether a suffix covers the host, so that all who use it do so by the will of somebody. */
export function isOwned({ owners }: Ownership, host: string): boolean {
  return findDecider(owners, host.startsWith('*.') ? host.slice(2) : host) !== undefined;
}

function findDecider({ bySuffix }: HostOwners, name: string): Decider | undefined {
  const suffixes = name === '' ? [EVERYTHING_ELSE] : [...suffixesOf(name), EVERYTHING_ELSE];
  for (const suffix of suffixes) {
    const owners = bySuffix.get(suffix);
    if (owners !== undefined) return { suffix, owners };
  }
  return undefined;
}

function ownedByOthers(host: string, { suffix, owners }: Decider): Refusal {
  const names = namesOf(owners);
  const reason = `${describeHost(host)} belongs to ${describeOwners(names)} by the suffix ${quoteFound(suffix)}`;
  return { suffix, owners: names, reason };
}

/** Nobody owns everything else: whoever answers for every host answers for those of others, too, while they are not served. */
function refuseCatchAll({ ownersOfAll }: HostOwners, namespace: string): Refusal | undefined {
  if (ownersOfAll === 'everybody' || ownersOfAll.has(namespace)) return undefined;
  return refusal('every host includes hosts that belong to others, and nobody owns the suffix "*"');
}

/** Nobody owns the name itself, but perhaps one that the wildcard covers. */
function refuseWildcard(all: HostOwners, host: string, namespace: string): Refusal | undefined {
  for (const suffix of all.below.get(host.slice(2)) ?? []) {
    const owners = all.bySuffix.get(suffix);
    if (owners === undefined || owners.has(namespace)) continue;
    const names = namesOf(owners);
    const reason = `${describeHost(host)} covers ${quoteFound(suffix)}, which belongs to ${describeOwners(names)}`;
    return { suffix, owners: names, reason };
  }
  return undefined;
}

/** A selector may mean thousands, and each of many hosts may be refused because of them. */
const sortedNames = new WeakMap<Owners, readonly string[]>();

function namesOf(owners: Owners): readonly string[] {
  const known = sortedNames.get(owners);
  if (known !== undefined) return known;
  const names = [...owners].sort(compareText);
  sortedNames.set(owners, names);
  return names;
}

function refusal(reason: string): Refusal {
  return { suffix: '', owners: [], reason };
}

function describeOwners(names: readonly string[]): string {
  if (names.length === 0) return 'nobody';
  const told = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `namespace${names.length === 1 ? '' : 's'} ${told}${more}`;
}
