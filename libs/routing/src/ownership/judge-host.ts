/**
 * Duty: the verdict on what Ingresses bring to a host: who may, who may not, and what becomes of it. It needs the
 * Ingresses of that host only. Must not settle conflicts.
 */
import { quoteFound, type Problem } from '@gatehouse/core';
import { describeHost } from '../check/check-ingress.ts';
import { annotationField, ingressProblem } from '../ingress-fields.ts';
import type { HostContribution } from '../link/linked-ingress.ts';
import { isSolverOnly, solverPart } from './acme-solver.ts';
import { isOwned, refuseHost, type Ownership, type Refusal } from './entitlement.ts';
import { ownershipModeOf, type OperatorPolicy } from './operator-policy.ts';

export interface HostToJudge {
  readonly name: string;
  /** Oldest first. */
  readonly contributions: readonly HostContribution[];
  readonly annotationsPrefix: string;
}

export interface HostJudgement {
  /** What may be served, oldest first, delegates after the owners; the very array when that is no other. */
  readonly contributions: readonly HostContribution[];
  readonly problems: readonly Problem[];
  /** The namespaces that use the host by the will of its owners; none when nobody owns it. */
  readonly agreed: ReadonlySet<string>;
}

const nobody: ReadonlySet<string> = new Set();

/** Something that is brought to a host whose owners do not allow it. */
export interface Offence {
  readonly contribution: HostContribution;
  readonly refusal: Refusal;
  /** The paths that are served all the same, since they are those of an ACME solver. */
  readonly solver: HostContribution | undefined;
}

/** Undefined: host ownership is off. */
export function judgeHost(host: HostToJudge, ownership: Ownership | undefined): HostJudgement {
  if (ownership === undefined) return { contributions: host.contributions, problems: [], agreed: nobody };
  const refusals = refusalsOf(host, ownership);
  const offences = findOffences(host, ownership, refusals);
  const agreed = agreedNamespaces(host, ownership, refusals);
  const problems = uselessDelegations(host, refusals);
  const replaced = new Map<HostContribution, HostContribution | undefined>();
  for (const offence of offences) {
    const { ingress } = offence.contribution;
    const isEnforced = ownershipModeOf(ownership.policy, ingress.ref) === 'enforce';
    problems.push(offenceProblem(offence, isEnforced));
    if (isEnforced) replaced.set(offence.contribution, offence.solver);
  }
  const kept =
    replaced.size === 0
      ? host.contributions
      : host.contributions.flatMap((one) => (replaced.has(one) ? (replaced.get(one) ?? []) : [one]));
  const isGuest = ({ ingress: { ref } }: HostContribution): boolean =>
    refusals.get(ref.namespace) !== undefined && ownershipModeOf(ownership.policy, ref) === 'enforce';
  return { contributions: guestsLast(kept, isGuest), problems, agreed };
}

/** However old the Ingress of a delegate is, the owners keep their own paths. */
function guestsLast(
  contributions: readonly HostContribution[],
  isGuest: (contribution: HostContribution) => boolean,
): readonly HostContribution[] {
  const guests = contributions.filter(isGuest);
  return guests.length === 0 ? contributions : [...contributions.filter((one) => !isGuest(one)), ...guests];
}

/** All that is brought against the will of the owners, unless it is exempt. */
export function listOffences(host: HostToJudge, ownership: Ownership): readonly Offence[] {
  return findOffences(host, ownership, refusalsOf(host, ownership));
}

/** By namespace; undefined: it is entitled to the host. */
type Refusals = ReadonlyMap<string, Refusal | undefined>;

function refusalsOf({ name, contributions }: HostToJudge, ownership: Ownership): Refusals {
  const refusals = new Map<string, Refusal | undefined>();
  for (const { ingress } of contributions) {
    const { namespace } = ingress.ref;
    if (!refusals.has(namespace)) refusals.set(namespace, refuseHost(ownership, name, namespace));
  }
  return refusals;
}

function findOffences({ contributions }: HostToJudge, { policy }: Ownership, refusals: Refusals): readonly Offence[] {
  const delegates = delegatesOf(contributions, refusals);
  return contributions.flatMap((contribution): readonly Offence[] => {
    const { ref } = contribution.ingress;
    const refusal = refusals.get(ref.namespace);
    if (refusal === undefined || delegates.has(ref.namespace)) return [];
    if (ownershipModeOf(policy, ref) === 'off') return [];
    const isSolver = maySolve(policy, ref.namespace);
    if (isSolver && isSolverOnly(contribution)) return [];
    return [{ contribution, refusal, solver: isSolver ? solverPart(contribution) : undefined }];
  });
}

function agreedNamespaces(
  { name, contributions }: HostToJudge,
  ownership: Ownership,
  refusals: Refusals,
): ReadonlySet<string> {
  if (!isOwned(ownership, name)) return nobody;
  const delegates = delegatesOf(contributions, refusals);
  const isAgreed = (namespace: string): boolean =>
    refusals.get(namespace) === undefined || delegates.has(namespace) || maySolve(ownership.policy, namespace);
  return new Set([...refusals.keys()].filter(isAgreed));
}

/** Only who is entitled can delegate: a delegate cannot delegate on. */
function delegatesOf(contributions: readonly HostContribution[], refusals: Refusals): ReadonlySet<string> {
  const delegates = new Set<string>();
  for (const { ingress, delegatesTo } of contributions) {
    if (delegatesTo === undefined || refusals.get(ingress.ref.namespace) !== undefined) continue;
    for (const namespace of delegatesTo) delegates.add(namespace);
  }
  return delegates;
}

function maySolve({ acmeSolvers }: OperatorPolicy, namespace: string): boolean {
  return acmeSolvers === 'all' || acmeSolvers.has(namespace);
}

function offenceProblem({ contribution, refusal, solver }: Offence, isEnforced: boolean): Problem {
  const { ingress, field } = contribution;
  const { namespace } = ingress.ref;
  const rest = solver === undefined ? '' : ', but for the paths of its ACME solver';
  const message = isEnforced
    ? `${refusal.reason}, so nothing of namespace ${quotedNamespace(namespace)} is served there${rest}`
    : `${refusal.reason}, so what namespace ${quotedNamespace(namespace)} brings to it will be left out when the policy is enforced${rest}`;
  return ingressProblem(ingress, { code: isEnforced ? 'HostNotOwned' : 'HostNotOwnedYet', field, message });
}

/** Names from files can hold anything. */
function quotedNamespace(namespace: string): string {
  return /^[a-z0-9.-]+$/.test(namespace) ? namespace : quoteFound(namespace);
}

/** Delegations of those who have nothing to delegate. */
function uselessDelegations({ name, contributions, annotationsPrefix }: HostToJudge, refusals: Refusals): Problem[] {
  const field = annotationField(annotationsPrefix, 'delegate-hosts-to');
  const message = `it has no effect, since ${describeHost(name)} does not belong to this namespace`;
  const useless = contributions.filter(
    ({ ingress, delegatesTo }) => delegatesTo !== undefined && refusals.get(ingress.ref.namespace) !== undefined,
  );
  return useless.map(({ ingress }) => ingressProblem(ingress, { code: 'AnnotationWithoutEffect', field, message }));
}
