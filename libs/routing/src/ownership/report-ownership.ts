/**
 * Duty: for reports: what would be left out if host ownership were enforced for everybody who is not exempt, and who
 * uses which host. It goes the controller's own way up to the verdict. Remembers nothing.
 */
import { compareText, type ObjectRef, type Problem } from '@gatehouse/core';
import type { Snapshot } from '@gatehouse/kube-model';
import { checkIngress } from '../check/check-ingress.ts';
import { linkIngress } from '../link/link-ingress.ts';
import type { HostContribution } from '../link/linked-ingress.ts';
import { worldOpener } from '../link/world.ts';
import type { RoutingOptions } from '../options.ts';
import { createResolver } from '../resolver.ts';
import { groupByHost } from '../settle/touched-hosts.ts';
import { resolveOwners } from './host-owners.ts';
import { listOffences } from './judge-host.ts';
import { enforcingOwnership, ownershipModeOf, type RuleMode } from './operator-policy.ts';
import { rememberingPolicy } from './read-policy.ts';

/** One host that an Ingress uses against the policy. */
export interface Offender {
  readonly ingress: ObjectRef;
  /** As in the model: a name, `*.` and a name, or empty for every host. */
  readonly host: string;
  /** Where the host is asked for. */
  readonly field: string;
  /** The suffix that decides; empty when none does. */
  readonly suffix: string;
  /** The namespaces that own it, sorted. */
  readonly owners: readonly string[];
  /** One clause that names host and owners. */
  readonly reason: string;
  /** How the Ingress is treated by the policy as it stands. */
  readonly mode: RuleMode | 'off';
  /** Paths of its ACME solver stay. */
  readonly keepsSolver: boolean;
}

export interface OwnershipReport {
  /** By namespace, name, host. */
  readonly offenders: readonly Offender[];
  /** The hosts of which nothing would be left, sorted. */
  readonly lostHosts: readonly string[];
  /** The mode where nothing else is said. */
  readonly mode: RuleMode | 'off';
  /** Our Ingresses, and their hosts together. */
  readonly ingresses: number;
  readonly hosts: number;
  /** What is wrong with the policy and with labels of Namespaces. */
  readonly problems: readonly Problem[];
}

/** Judges the Ingresses of a snapshot by its ConfigMap that `options.policyConfigMap` names. */
export function reportOwnership(snapshot: Snapshot, options: RoutingOptions, nowMs: number): OwnershipReport {
  const { policy, problems } = rememberingPolicy(options)(snapshot);
  const { owners, problems: labelProblems } = resolveOwners(policy, snapshot.namespaces);
  const enforcing = { policy: enforcingOwnership(policy), owners };
  const { groups, ingresses } = contributionsOf(snapshot, options, nowMs);
  const offenders: Offender[] = [];
  const lostHosts: string[] = [];
  for (const [name, contributions] of groups) {
    const { annotationsPrefix } = options;
    const offences = listOffences({ name, contributions, annotationsPrefix }, enforcing);
    if (offences.length === contributions.length && offences.every(({ solver }) => solver === undefined)) {
      lostHosts.push(name);
    }
    for (const { contribution, refusal, solver } of offences) {
      const { ingress, host, field } = contribution;
      const mode = ownershipModeOf(policy, ingress.ref);
      const keepsSolver = solver !== undefined;
      offenders.push(Object.freeze({ ingress: ingress.ref, host, field, ...refusal, mode, keepsSolver }));
    }
  }
  return {
    offenders: offenders.sort(compareOffenders),
    lostHosts: lostHosts.sort(compareText),
    mode: policy.ownership,
    ingresses,
    hosts: groups.size,
    problems: [...problems, ...labelProblems],
  };
}

/** Every host but the catch-all, with the namespaces whose Ingresses use it; sorted. */
export function namespacesByHost(
  snapshot: Snapshot,
  options: RoutingOptions,
  nowMs: number,
): readonly (readonly [host: string, namespaces: readonly string[]])[] {
  const { groups } = contributionsOf(snapshot, options, nowMs);
  return [...groups]
    .filter(([name]) => name !== '')
    .map(
      ([name, all]) => [name, [...new Set(all.map(({ ingress }) => ingress.ref.namespace))].sort(compareText)] as const,
    )
    .sort(([a], [b]) => compareText(a, b));
}

interface Contributions {
  readonly groups: ReadonlyMap<string, readonly HostContribution[]>;
  readonly ingresses: number;
}

function contributionsOf(snapshot: Snapshot, options: RoutingOptions, nowMs: number): Contributions {
  const { model, served } = createResolver(options).resolve(snapshot, nowMs);
  const world = worldOpener(options)(snapshot, nowMs);
  const linked = served.map((ingress) =>
    linkIngress(checkIngress(ingress, { options, settings: model.settings }), world),
  );
  return { groups: groupByHost(linked, undefined), ingresses: served.length };
}

function compareOffenders(a: Offender, b: Offender): number {
  return (
    compareText(a.ingress.namespace, b.ingress.namespace) ||
    compareText(a.ingress.name, b.ingress.name) ||
    compareText(a.host, b.host)
  );
}
