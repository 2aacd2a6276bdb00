/**
 * Duty: which namespaces own which suffixes, now that the labels of the Namespaces are known; and whether a namespace is
 * entitled to a host. Must not look at any Ingress.
 */
import { compareText, quoteFound, type Problem } from '@gatehouse/core';
import type { Namespace, Snapshot } from '@gatehouse/kube-model';
import { matchesLabels, type LabelSelector } from '../label-selector.ts';
import { parseHost } from '../parse-host.ts';
import type { OperatorPolicy, SuffixOwners } from './operator-policy.ts';

/** Names of namespaces. */
export type Owners = ReadonlySet<string>;

export interface HostOwners {
  /** A suffix without an owner in it belongs to nobody. */
  readonly bySuffix: ReadonlyMap<string, Owners>;
  /** Of each name, the suffixes in `bySuffix` that are one label longer: what `*.NAME` covers. */
  readonly below: ReadonlyMap<string, readonly string[]>;
  /** The namespaces that own every suffix; all of them when there is no suffix. */
  readonly ownersOfAll: Owners | 'everybody';
}

/** The owners, and what is wrong with labels. */
export interface OwnersReading {
  readonly owners: HostOwners;
  readonly problems: readonly Problem[];
}

/** A suffix that the list names has the list's owners; labels add the others. */
export function resolveOwners(policy: OperatorPolicy, namespaces: Snapshot['namespaces']): OwnersReading {
  const all = [...namespaces.values()];
  const selected = selectingNamespaces(all);
  const bySuffix = new Map<string, Set<string>>();
  for (const [suffix, owners] of policy.owners) bySuffix.set(suffix, listedOwners(owners, selected));
  const problems = policy.labelPrefix === '' ? [] : addLabelledOwners(all, policy, bySuffix);
  return { owners: { bySuffix, below: suffixesBelow(bySuffix), ownersOfAll: commonOwners(bySuffix) }, problems };
}

/** Whether two readings give every host to the same namespaces. */
export function areSameOwners(a: HostOwners, b: HostOwners): boolean {
  if (a.bySuffix.size !== b.bySuffix.size) return false;
  for (const [suffix, owners] of a.bySuffix) {
    const others = b.bySuffix.get(suffix);
    if (others === undefined || owners.symmetricDifference(others).size > 0) return false;
  }
  return true;
}

function listedOwners(
  { namespaces, selectors }: SuffixOwners,
  selected: (selector: LabelSelector) => readonly string[],
): Set<string> {
  const owners = new Set(namespaces);
  for (const selector of selectors) for (const name of selected(selector)) owners.add(name);
  return owners;
}

/** Many suffixes are given to the same selector; each is compared with all Namespaces once. */
function selectingNamespaces(all: readonly Namespace[]): (selector: LabelSelector) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (selector) => {
    const key = selector.map((one) => describeRequirement(one)).join(',');
    const names =
      known.get(key) ?? all.filter(({ labels }) => matchesLabels(selector, labels)).map(({ ref }) => ref.name);
    known.set(key, names);
    return names;
  };
}

function describeRequirement(requirement: LabelSelector[number]): string {
  const { kind, key } = requirement;
  if (kind === 'greater' || kind === 'less') return `${key} ${kind} ${requirement.than}`;
  return kind === 'in' || kind === 'notIn' ? `${key} ${kind} (${requirement.values.join(',')})` : `${kind} ${key}`;
}

function addLabelledOwners(
  all: readonly Namespace[],
  { labelPrefix, owners: listed }: OperatorPolicy,
  bySuffix: Map<string, Set<string>>,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { ref, labels } of all) {
    for (const [key, value] of labels) {
      if (!key.startsWith(`${labelPrefix}/`)) continue;
      const suffix = parseHost(value);
      if (!suffix.ok || value.startsWith('*')) {
        const reason = suffix.ok ? 'has a wildcard' : suffix.error.reason;
        const message = `the value ${quoteFound(value)} is no host name that the namespace could own: it ${reason}`;
        const field = `metadata.labels[${/^[A-Za-z0-9._/-]+$/.test(key) ? key : quoteFound(key)}]`;
        problems.push(Object.freeze({ code: 'HostOwnerLabelInvalid', object: ref, field, message }));
        continue;
      }
      if (listed.has(value)) continue;
      const owners = bySuffix.get(value) ?? new Set();
      bySuffix.set(value, owners.add(ref.name));
    }
  }
  return problems;
}

function suffixesBelow(bySuffix: ReadonlyMap<string, Owners>): ReadonlyMap<string, readonly string[]> {
  const below = new Map<string, string[]>();
  for (const suffix of [...bySuffix.keys()].sort(compareText)) {
    const dot = suffix.indexOf('.');
    if (dot < 0) continue;
    const parent = suffix.slice(dot + 1);
    const siblings = below.get(parent);
    if (siblings === undefined) below.set(parent, [suffix]);
    else siblings.push(suffix);
  }
  return below;
}

function commonOwners(bySuffix: ReadonlyMap<string, Owners>): Owners | 'everybody' {
  let common: Owners | undefined;
  for (const owners of bySuffix.values()) common = common === undefined ? owners : common.intersection(owners);
  return common ?? 'everybody';
}
