/**
 * Duty: what the operator's policy ConfigMap says, as values: who owns which hosts, and how strictly each Problem is
 * treated. Must not know how it is written.
 */
import { objectKey, problemTable, type ObjectKey, type ObjectRef, type ProblemCode } from '@gatehouse/core';
import type { LabelSelector } from '../label-selector.ts';

/** How a rule is treated: refused, told, or only written down. */
export type RuleMode = 'audit' | 'enforce' | 'warn';

export interface OperatorPolicy {
  /** Mode of the rule HostNotOwned where nothing says otherwise. */
  readonly ownership: RuleMode | 'off';
  /** By suffix; `*` is everything that no other suffix covers. */
  readonly owners: ReadonlyMap<string, SuffixOwners>;
  /** The labels of a Namespace below this prefix name suffixes that it owns; empty for none. */
  readonly labelPrefix: string;
  readonly unownedHosts: 'allow' | 'deny';
  /**
   * Something that gives hosts to namespaces cannot be read and could be about any host: nobody may have one that nobody
   * owns.
   */
  readonly isUnclear: boolean;
  /** The namespaces whose paths of ACME solvers are served at any host. */
  readonly acmeSolvers: ReadonlySet<string> | 'all';
  readonly modes: Modes;
  /** The rules that an Ingress need not keep. */
  readonly exemptions: ReadonlyMap<ObjectKey, ReadonlySet<ProblemCode> | 'all'>;
}

/** A namespace owns a suffix when it is named, or its labels are selected. */
export interface SuffixOwners {
  readonly namespaces: readonly string[];
  readonly selectors: readonly LabelSelector[];
}

export interface Modes {
  readonly everywhere: ReadonlyMap<ProblemCode, RuleMode>;
  /** By namespace; decides before `everywhere`. */
  readonly inNamespace: ReadonlyMap<string, ReadonlyMap<ProblemCode, RuleMode>>;
}

/** No ConfigMap, or an empty one. */
export const noPolicy: OperatorPolicy = Object.freeze({
  ownership: 'off',
  owners: new Map(),
  labelPrefix: '',
  unownedHosts: 'allow',
  isUnclear: false,
  acmeSolvers: new Set<string>(),
  modes: { everywhere: new Map(), inNamespace: new Map() },
  exemptions: new Map(),
});

/** The codes that a mode or an exemption may be for: what admission tells, but for the policy's own faults. */
export const ruleCodes: readonly ProblemCode[] = (Object.keys(problemTable) as ProblemCode[]).filter(
  (code) => problemTable[code].admission !== 'silent' && code !== 'HostNotOwnedYet' && code !== 'PolicyInvalid',
);

/** What the policy says about a rule in a namespace; undefined when it says nothing. */
export function modeOf({ modes }: OperatorPolicy, code: ProblemCode, namespace: string): RuleMode | undefined {
  return modes.inNamespace.get(namespace)?.get(code) ?? modes.everywhere.get(code);
}

/** Whether an object need not keep a rule. Only Ingresses can be exempt. */
export function isExempt({ exemptions }: OperatorPolicy, code: ProblemCode, ref: ObjectRef): boolean {
  if (exemptions.size === 0 || ref.kind !== 'Ingress') return false;
  const codes = exemptions.get(objectKey(ref.namespace, ref.name));
  return codes === 'all' || codes?.has(code) === true;
}

/** How hosts that an Ingress does not own are treated; `off` when it is exempt, too. */
export function ownershipModeOf(policy: OperatorPolicy, ref: ObjectRef): RuleMode | 'off' {
  if (policy.ownership === 'off' || isExempt(policy, 'HostNotOwned', ref)) return 'off';
  return modeOf(policy, 'HostNotOwned', ref.namespace) ?? policy.ownership;
}

/** The policy as it would be if host ownership were enforced for everybody who is not exempt. */
export function enforcingOwnership(policy: OperatorPolicy): OperatorPolicy {
  const inNamespace = new Map<string, ReadonlyMap<ProblemCode, RuleMode>>();
  for (const [namespace, modes] of policy.modes.inNamespace) {
    inNamespace.set(namespace, new Map([...modes].filter(([code]) => code !== 'HostNotOwned')));
  }
  return Object.freeze({ ...policy, ownership: 'enforce', modes: { ...policy.modes, inNamespace } });
}
