/**
 * Duty: the answer of resolve.
 */
import type { Problem } from '@gatehouse/core';
import type { Ingress } from '@gatehouse/kube-model';
import type { Model } from './model.ts';
import type { OperatorPolicy } from './ownership/operator-policy.ts';

export interface Resolution {
  readonly model: Model;
  /** Sorted (`compareProblems`); those of the snapshot included. */
  readonly problems: readonly Problem[];
  /** What the ConfigMap of --policy-configmap says. */
  readonly policy: OperatorPolicy;
  /** The Ingresses that are ours by class and namespace, oldest first. */
  readonly served: readonly Ingress[];
}
